import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestClient } from '@parley/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Run, runParley } from '../testing/run-parley.ts';
import { DEMO_APP_ID } from './demo-app.ts';

let folder: string;
let runs: Run[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-demo-'));
  runs = [];
});
afterEach(async () => {
  for (const run of runs) run.child.kill('SIGKILL');
  await Promise.all(runs.map((run) => run.exited));
  await rm(folder, { recursive: true, force: true });
});

async function started(environment: Readonly<Record<string, string>>) {
  const run = runParley({ PARLEY_DATA_DIR: folder, ...environment });
  runs.push(run);
  await run.printed(/Ctrl-C stops it|"msg":"Parley is ready/);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(run.output())?.[0] ?? '';
  return { run, url, wsUrl: url.replace('http', 'ws') };
}

async function configOf(url: string): Promise<{ readonly appId: string; readonly appKey: string }> {
  return JSON.parse(await (await fetch(`${url}/demo/config.json`)).text());
}

async function stopped(run: Run): Promise<void> {
  run.child.kill('SIGTERM');
  await run.exited;
}

describe('the chat page', { timeout: 120_000 }, () => {
  it('[F-GEN-10] has an app of its own, whose keys are made once and are those of no other', async () => {
    const { run, url, wsUrl } = await started({ PARLEY_DEMO: 'on' });
    expect(run.output()).toContain(`open ${url}/ in two tabs`);
    const config = await configOf(url);
    expect(config).toMatchObject({ appId: DEMO_APP_ID, appKey: expect.stringMatching(/^\w{24}$/) });
    expect(run.output()).not.toContain(config.appKey);
    await (await TestClient.open({ wsUrl, appId: DEMO_APP_ID }, 'Tom')).close();
    await stopped(run);
    const again = await started({ PARLEY_DEMO: 'on' });
    expect(await configOf(again.url)).toEqual(config);
  });

  it.each([
    ['when it is off', { PARLEY_DEMO: 'off' }],
    ['in production', { NODE_ENV: 'production', PARLEY_DEMO: '' }],
    ['in production by the other name', { PARLEY_ENV: 'production', PARLEY_DEMO: '' }],
  ])('[F-GEN-10] is not there %s, and neither is its app', async (_, environment) => {
    const before = await started({ PARLEY_DEMO: 'on' });
    const { appKey } = await configOf(before.url);
    await stopped(before.run);
    const { url, run } = await started(environment);
    expect(run.output()).not.toContain('two tabs');
    expect(await (await fetch(`${url}/`)).text()).toBe('Parley is running.\n');
    expect((await fetch(`${url}/demo/config.json`)).status).toBe(404);
    expect((await fetch(`${url}/v1/route?appId=${DEMO_APP_ID}`)).status).toBe(404);
    const headers = { 'x-lc-id': DEMO_APP_ID, 'x-lc-key': appKey, 'content-type': 'application/json' };
    const upload = await fetch(`${url}/1.1/fileTokens`, {
      method: 'POST',
      headers,
      body: '{"name":"a.png"}',
    });
    expect(upload.status).toBe(401);
  });

  it('keeps its id to itself', async () => {
    const run = runParley({ PARLEY_DATA_DIR: folder, PARLEY_APP_ID: DEMO_APP_ID });
    runs.push(run);
    expect(await run.exited).toBe(1);
    expect(run.output()).toContain(`PARLEY_APP_ID cannot be ${DEMO_APP_ID}`);
  });
});
