import { mkdtemp, rm } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestClient } from '@parley/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/index.ts';
import { defaultAppSettings } from '../domain/app/app-settings.ts';
import { productionWarnings } from './production-warnings.ts';
import { type Run, runParley } from './testing/run-parley.ts';

/**
 * An address of this machine that counts as another machine's. Where it has none, gateway/http.test.ts still shows who is
 * refused.
 */
const outside = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address;
const unlessOffline = outside === undefined ? ' (left out: this machine has no network)' : '';

let folder: string;
let server: Run | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-production-'));
});
afterEach(async () => {
  server?.child.kill('SIGKILL');
  await server?.exited;
  await rm(folder, { recursive: true, force: true });
});

/** A process as an operator starts it, and its port. */
async function start(environment: Record<string, string>): Promise<number> {
  const app = { PARLEY_APP_ID: 'production-app', PARLEY_APP_KEY: 'production-key' };
  server = runParley({ PARLEY_DATA_DIR: folder, HOST: '0.0.0.0', ...app, ...environment });
  await server.printed(/Parley is ready/);
  return Number(/"url":"http:\/\/[^"]*:(\d+)"/.exec(server.output())?.[1]);
}

const route = (host: string, port: number, headers = {}) =>
  fetch(`http://${host}:${port}/v1/route?appId=production-app&secure=1`, { headers });
const warnings = () =>
  (server?.output() ?? '')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; msg: string })
    .filter(({ level }) => level === 'warn')
    .map(({ msg }) => msg);

describe(`a server in production${unlessOffline}`, { timeout: 120_000 }, () => {
  it.runIf(outside)(
    '[F-SEC-15] refuses plaintext from elsewhere, whatever it says about itself, and serves this machine',
    async () => {
      const port = await start({ PARLEY_ENV: 'production' });
      const there = outside ?? '';
      expect((await route('127.0.0.1', port)).status).toBe(200);
      expect((await route('127.0.0.2', port)).status).toBe(200);
      const refused = await route(there, port);
      expect([refused.status, await refused.json()]).toEqual([
        403,
        { code: 403, error: 'This server accepts TLS only. Connect with https or wss.' },
      ]);
      const claims = {
        'x-forwarded-proto': 'https',
        'x-forwarded-for': '127.0.0.1',
        forwarded: 'proto=https',
      };
      expect((await route(there, port, claims)).status).toBe(403);
      const keys = { 'x-lc-id': 'production-app', 'x-lc-key': 'production-key' };
      expect((await fetch(`http://${there}:${port}/1.1/classes/Note`, { headers: keys })).status).toBe(403);
      expect((await fetch(`http://${there}:${port}/docs/api`)).status).toBe(403);
      expect((await fetch(`http://${there}:${port}/healthz`)).status).toBe(200);
      await expect(TestClient.connect(`ws://${there}:${port}/`, { headers: claims })).rejects.toThrow('403');
      const near = await TestClient.open(
        { wsUrl: `ws://127.0.0.1:${port}/`, appId: 'production-app' },
        'Tom',
      );
      await near.close();
      expect(warnings()).toEqual([
        expect.stringMatching(/^Only this machine can connect: .* PARLEY_TRUST_PROXY\.$/),
        expect.stringMatching(/^Whoever has the app key of production-app can log in as anybody/),
      ]);
    },
  );

  it.runIf(outside)('[F-SEC-15] serves whom a trusted proxy brings, and no other proxy', async () => {
    const there = outside ?? '';
    const port = await start({ NODE_ENV: 'production', PARLEY_TRUST_PROXY: `${there}/32` });
    const claims = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'im.example.com' };
    const served = await route(there, port, claims);
    expect([served.status, await served.json()]).toEqual([
      200,
      expect.objectContaining({ server: 'wss://im.example.com/' }),
    ]);
    const socket = await TestClient.open({ wsUrl: `ws://${there}:${port}/`, appId: 'production-app' }, 'Tom');
    await socket.close();
    server?.child.kill('SIGKILL');
    await server?.exited;
    const again = await start({ NODE_ENV: 'production', PARLEY_TRUST_PROXY: '198.51.100.7' });
    expect((await route(there, again, claims)).status).toBe(403);
  });
});

describe('what is said before strangers come', () => {
  const app = (settings = {}) => ({
    ...{ key: 1, id: 'my-app', appKey: 'a', masterKey: 'm' },
    settings: { ...defaultAppSettings, ...settings },
  });
  const said = (environment: Record<string, string>, settings = {}) =>
    productionWarnings(loadConfig({ PARLEY_CONFIG: '', ...environment }).config, [app(settings)]);

  it('[F-SEC-15] is nothing in development, and nothing where all is in order', () => {
    expect(said({ HOST: '0.0.0.0' })).toEqual([]);
    const tls = { PARLEY_ENV: 'production', HOST: '0.0.0.0', PARLEY_TLS_CERT: 'c', PARLEY_TLS_KEY: 'k' };
    expect(said(tls, { signLogin: true })).toEqual([]);
    expect(said({ PARLEY_ENV: 'production' }, { signLogin: true })).toEqual([]);
    expect(said({ PARLEY_ENV: 'production' }, { imEnabled: false })).toEqual([]);
  });

  it('[F-SEC-15] names logins without signature and plaintext', () => {
    const production = { PARLEY_ENV: 'production' };
    expect(said(production)).toEqual([expect.stringMatching(/my-app signLogin=on$/)]);
    expect(said({ ...production, PARLEY_REQUIRE_TLS: 'off' }, { signLogin: true })).toEqual([
      expect.stringMatching(/^PARLEY_REQUIRE_TLS is off/),
    ]);
    expect(said({ ...production, HOST: '0.0.0.0' }, { signLogin: true })).toEqual([
      expect.stringMatching(/^Only this machine/),
    ]);
  });
});
