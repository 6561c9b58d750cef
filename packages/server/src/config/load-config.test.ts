import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigInvalid, loadConfig } from './load-config.ts';
import { referencePage } from './reference-page.ts';

function fileWith(content: unknown): string {
  const path = join(mkdtempSync(join(tmpdir(), 'parley-config-')), 'parley.config.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('needs nothing: the standard values serve on this machine only', () => {
    const { config, warnings } = loadConfig({});
    expect(config).toMatchObject({ host: '127.0.0.1', port: 3000, dataDir: './data', requireTls: false });
    expect(config.masterKey).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it('takes variables before the file, and the file before the standard', () => {
    const file = fileWith({ port: 4000, host: '0.0.0.0', trustProxy: ['10.0.0.0/8', 'loopback'] });
    const { config } = loadConfig({ PARLEY_CONFIG: file, PORT: '5000', HOST: '' });
    expect(config).toMatchObject({ port: 5000, host: '0.0.0.0', trustProxy: ['10.0.0.0/8', 'loopback'] });
  });

  it('requires TLS and logs JSON in production, unless told otherwise', () => {
    expect(loadConfig({ NODE_ENV: 'production' }).config).toMatchObject({
      requireTls: true,
      logFormat: 'json',
    });
    const { config } = loadConfig({ NODE_ENV: 'production', PARLEY_REQUIRE_TLS: 'off' });
    expect(config.requireTls).toBe(false);
  });

  it('[F-SEC-15] is that of production by PARLEY_ENV, before what NODE_ENV says to everybody', () => {
    const production = { env: 'production', requireTls: true, logFormat: 'json' };
    const development = { env: 'development', requireTls: false, logFormat: 'text' };
    const file = fileWith({ env: 'production' });
    expect(loadConfig({ PARLEY_ENV: 'production' }).config).toMatchObject(production);
    expect(loadConfig({ NODE_ENV: 'production' }).config).toMatchObject(production);
    expect(loadConfig({ PARLEY_CONFIG: file }).config).toMatchObject(production);
    expect(loadConfig({ PARLEY_CONFIG: file, PARLEY_ENV: 'development' }).config).toMatchObject(development);
    const both = { PARLEY_ENV: 'development', NODE_ENV: 'production' };
    expect(loadConfig(both).config).toMatchObject(development);
    expect(loadConfig({ NODE_ENV: 'test' }).config).toMatchObject(development);
    expect(problemsOf({ PARLEY_ENV: 'prod' })).toEqual([
      'PARLEY_ENV must be one of development, production, not "prod".',
    ]);
  });

  it('reads switches and lists as people write them', () => {
    expect(loadConfig({ PARLEY_CLIENT_RATE_LIMITS: 'off' }).config.clientRateLimits).toBe(false);
    expect(loadConfig({ PARLEY_CLIENT_RATE_LIMITS: 'TRUE' }).config.clientRateLimits).toBe(true);
    expect(loadConfig({ PARLEY_TRUST_PROXY: 'on' }).config.trustProxy).toBe(true);
    const { trustProxy } = loadConfig({ PARLEY_TRUST_PROXY: '10.0.0.0/8, loopback' }).config;
    expect(trustProxy).toEqual(['10.0.0.0/8', 'loopback']);
  });

  it.each([
    '10.0.0.0/33',
    '0.0.0.0/0',
    '10.0.0/8',
    'fd00::/129',
    'fd00::/x',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '1.2.3.256',
    'fe80::1%eth0',
    'localhost',
    'constructor',
    '10.0.0.0/8,',
  ])('takes no range that is none, such as %s', (range) => {
    for (const variable of ['PARLEY_PRIVATE_TARGETS', 'PARLEY_TRUST_PROXY']) {
      expect(problemsOf({ [variable]: range })).toEqual([
        `${variable} must be "on", "off" or a list of addresses and ranges such as 10.0.0.0/8,loopback, not "${range}".`,
      ]);
    }
  });

  it('takes addresses, ranges and their names', () => {
    const ranges = ['10.1.2.3', 'fd00::/8', '::1', '::ffff:10.0.0.0/104', 'linklocal', 'uniquelocal'];
    expect(loadConfig({ PARLEY_PRIVATE_TARGETS: ranges.join(',') }).config.privateTargets).toEqual(ranges);
  });

  it('names every wrong value at once, with what it must be', () => {
    const file = fileWith({ drainSeconds: -1 });
    expect(
      problemsOf({
        PARLEY_CONFIG: file,
        PORT: '70000',
        LOG_LEVEL: 'loud',
        PARLEY_PUBLIC_URL: 'im.example.com',
      }),
    ).toEqual([
      'PORT must be a whole number from 0 to 65535, not "70000".',
      'PARLEY_PUBLIC_URL must be a web address such as https://im.example.com, not "im.example.com".',
      `"drainSeconds" in ${file} must be a whole number from 0 to 3600, not -1.`,
      'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, not "loud".',
    ]);
  });

  it('takes plug-ins by path, from the folder of the file they stand in, or of the process', () => {
    const file = fileWith({
      plugins: [
        'a.ts',
        { path: '../b.ts', apps: ['x'], options: 7, timeoutMs: 100 },
        { path: 'c.ts', timeoutMs: '200', memoryMb: '64' },
      ],
    });
    expect(loadConfig({ PARLEY_CONFIG: file }).config.plugins).toEqual([
      { path: join(dirname(file), 'a.ts') },
      { path: join(dirname(dirname(file)), 'b.ts'), apps: ['x'], options: 7, timeoutMs: 100 },
      { path: join(dirname(file), 'c.ts'), timeoutMs: 200, memoryMb: 64 },
    ]);
    expect(loadConfig({ PARLEY_PLUGINS: './a.ts,/b.js' }).config.plugins).toEqual([
      { path: resolve('a.ts') },
      { path: '/b.js' },
    ]);
    expect(loadConfig({}).config.plugins).toEqual([]);
  });

  it.each([
    'a.ts',
    [7],
    [''],
    [{ file: 'a.ts' }],
    [{ path: 'a.ts', timeout: 5 }],
    [{ path: 'a.ts', timeoutMs: 0 }],
    [{ path: 'a.ts', options: { token: 'a secret' }, memoryMb: 'much' }],
  ])('takes no other list of plug-ins, such as %j, and does not repeat it', (plugins) => {
    const file = fileWith({ plugins: typeof plugins === 'string' ? { path: plugins } : plugins });
    expect(problemsOf({ PARLEY_CONFIG: file })).toEqual([
      `"plugins" in ${file} must be a list of paths such as ./my-plugin.ts; in the file also {"path", "apps", "options", "timeoutMs", "memoryMb"}.`,
    ]);
  });

  it('never repeats a secret in a message', () => {
    const [problem] = problemsOf({ PARLEY_MASTER_KEY: 'too short!' });
    expect(problem).toBe('PARLEY_MASTER_KEY must be 16 to 128 letters, digits, "-" or "_".');
  });

  it.each([
    [
      'an unknown key, with the one that was meant',
      { DATA_DIR: '/x' },
      '"DATA_DIR" in %s is no option. Did you mean "dataDir"?',
    ],
    ['a file that is no object', [1], '%s must be a JSON object such as {"port": 3000}.'],
    ['a file that is not JSON', '{port: 1}', '%s is not valid JSON'],
  ])('refuses %s', (_what, content, sentence) => {
    const file = fileWith(content);
    expect(problemsOf({ PARLEY_CONFIG: file })[0]).toContain(sentence.replace('%s', file));
  });

  it('refuses a file that was named and is not there', () => {
    expect(problemsOf({ PARLEY_CONFIG: '/nowhere/parley.json' })).toEqual([
      'The configuration file /nowhere/parley.json cannot be read (ENOENT).',
    ]);
  });

  it('refuses a certificate without its key', () => {
    expect(problemsOf({ PARLEY_TLS_CERT: 'cert.pem' })[0]).toContain('belong together');
  });

  it('warns of variables that do nothing, and lets other programs have theirs', () => {
    const { warnings } = loadConfig({ PARLEY_PROT: '1', DATABASE_URL: 'postgres://x', HOME: '/root' });
    expect(warnings).toEqual([
      'PARLEY_PROT is no option of this release and does nothing.',
      'DATABASE_URL does nothing: this release keeps its data in the folder PARLEY_DATA_DIR only.',
    ]);
  });

  it('is described on its reference page as it is (npm test -- config -u writes the page)', async () => {
    await expect(referencePage()).toMatchFileSnapshot('../../../../docs/reference/configuration.md');
  });
});
