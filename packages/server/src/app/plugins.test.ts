import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Run, runParley } from './testing/run-parley.ts';

const READY = /Ctrl-C stops it/;
const PLUGIN = `import { definePlugin } from '@parley/server/plugin';
export default definePlugin({
  api: 1,
  name: 'greeter',
  options: (given) => given,
  start(parley, options) {
    const secrets = Object.keys(process.env).filter((name) => name.endsWith('_KEY'));
    parley.log.info(\`hello \${JSON.stringify({ options, apps: parley.appIds.length, secrets })}\`);
    return { stop: () => parley.log.info('good-bye') };
  },
});`;

let folder: string;
let runs: Run[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-main-'));
  await mkdir(join(folder, 'plugins'));
  await writeFile(join(folder, 'plugins/greeter.ts'), PLUGIN);
  runs = [];
});
afterEach(async () => {
  for (const run of runs) run.child.kill('SIGKILL');
  await Promise.all(runs.map((run) => run.exited));
  await rm(folder, { recursive: true, force: true });
});

function parley(environment: Record<string, string>, ...args: string[]): Run {
  const run = runParley({ PARLEY_DATA_DIR: join(folder, 'data'), ...environment }, ...args);
  runs.push(run);
  return run;
}

async function configWith(plugins: unknown): Promise<string> {
  const path = join(folder, 'parley.config.json');
  await writeFile(path, JSON.stringify({ plugins }));
  return path;
}

// A machine that runs every other test at once takes ten seconds and more for one start.
describe('npm start with plug-ins', { timeout: 120_000 }, () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '[F-MOD-02] starts them first and stops them last, by %s',
    async (signal) => {
      const PARLEY_CONFIG = await configWith([{ path: './plugins/greeter.ts', options: { words: ['x'] } }]);
      const run = parley({
        PARLEY_CONFIG,
        PARLEY_DRAIN_SECONDS: '0',
        PARLEY_MASTER_KEY: 'a-long-master-key',
      });
      await run.printed(READY);
      await run.printed(/hello {"options":{"words":\["x"\]},"apps":1,"secrets":\[\]}/);
      run.child.kill(signal);
      expect(await run.exited).toBe(0);
      expect(run.output()).toMatch(/good-bye/);
    },
  );

  it('[F-MOD-02] leaves none behind when the server is killed, not even one that loops without end', async () => {
    const marker = join(folder, 'looping');
    const looping = `import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
export default {
  api: 1,
  name: 'looping',
  options: (given) => given,
  start(parley, port) {
    connect(port, '127.0.0.1').on('data', () => {
      writeFileSync(${JSON.stringify(marker)}, String(process.pid));
      for (;;);
    });
    return {};
  },
};`;
    await writeFile(join(folder, 'plugins/looping.js'), looping);
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const connected = once(listener, 'connection') as Promise<[Socket]>;
    const PARLEY_CONFIG = await configWith([{ path: './plugins/looping.js', options: port }]);
    const run = parley({ PARLEY_CONFIG });
    const [socket] = await connected;
    await run.printed(READY);
    socket.write('begin');
    const written = () => readFile(marker, 'utf8').catch(() => '');
    await expect.poll(written, { timeout: 20_000 }).toMatch(/^\d+$/);
    try {
      const ended = once(socket, 'close', { signal: AbortSignal.timeout(20_000) });
      socket.on('error', () => {}).resume();
      run.child.kill('SIGKILL');
      await ended;
    } catch (error) {
      process.kill(Number(await written()), 'SIGKILL');
      throw error;
    } finally {
      listener.close();
    }
  });

  it('[F-MOD-02] ends with a sentence and code 1 where one of them cannot be used', async () => {
    const run = parley({ PARLEY_PLUGINS: `${folder}/plugins/greeter.ts, ${folder}/nowhere.ts` });
    expect(await run.exited).toBe(1);
    expect(run.output().trim().split('\n').at(-1)).toBe(
      `The plug-in ${folder}/nowhere.ts cannot be used: there is no such file.`,
    );
    expect(run.output()).not.toMatch(READY);
  });

  it('prints where they are and keeps their options to itself', async () => {
    const PARLEY_CONFIG = await configWith([
      { path: 'plugins/greeter.ts', options: { token: 'a secret' } },
      'plugins/other.ts',
    ]);
    const run = parley({ PARLEY_CONFIG }, 'config');
    expect(await run.exited).toBe(0);
    expect(run.output()).toContain(
      `PARLEY_PLUGINS=${folder}/plugins/greeter.ts,${folder}/plugins/other.ts\n`,
    );
    expect(run.output()).not.toContain('a secret');
  });
});
