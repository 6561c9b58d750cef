import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandType } from '@parley/protocol';
import { TestClient } from '@parley/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Run, runParley } from '../testing/run-parley.ts';

let folder: string;
let server: Run | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-app-'));
});
afterEach(async () => {
  server?.child.kill('SIGKILL');
  await server?.exited;
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function parley(...args: string[]): Promise<{ code: number | null; output: string }> {
  const run = runParley({ PARLEY_DATA_DIR: folder }, ...args);
  return { code: await run.exited, output: run.output() };
}

async function startServer(): Promise<{ wsUrl: string; appId: string }> {
  server = runParley({ PARLEY_DATA_DIR: folder });
  await server.printed(/Ctrl-C stops it/);
  const wsUrl = /ws:\/\/127\.0\.0\.1:\d+\//.exec(server.output())?.[0] ?? '';
  return { wsUrl, appId: /App ID +(\S+)/.exec(server.output())?.[1] ?? '' };
}

describe('parley app', () => {
  it('changes a setting of a running server at once', async () => {
    const target = await startServer();
    const tom = await TestClient.open(target, 'Tom');
    const send = () =>
      tom.request({ cmd: CommandType.direct, directMessage: { cid: 'x', msg: 'y'.repeat(400) } });
    expect((await send()).ackMessage?.reason).toBe('INVALID_MESSAGING_TARGET');
    expect((await parley('app', 'settings', 'maxMessageBytes=256')).code).toBe(0);
    expect((await send()).ackMessage?.reason).toBe('FRAME_TOO_LONG');
    await tom.close();
  });

  it('changes settings while no server runs, and the server finds them', async () => {
    const { appId } = await startServer();
    server?.child.kill('SIGTERM');
    await server?.exited;
    const changed = await parley('app', 'settings', 'allowRecall=off', '--app', appId);
    expect(changed.output).toMatch(/\* allowRecall +off/);
    await startServer();
    const seen = await parley('app', 'settings', '--json');
    expect(JSON.parse(seen.output)).toMatchObject({ allowRecall: false, allowEdit: true });
  });

  it('works after the server was killed and left its socket behind', async () => {
    await startServer();
    server?.child.kill('SIGKILL');
    await server?.exited;
    expect((await parley('app', 'show')).output).toMatch(/Master key +\w{24}/);
    await startServer();
    expect((await parley('app', 'show')).code).toBe(0);
  });

  it.each([
    ['a wrong value', ['settings', 'maxMembers=many'], 'maxMembers must be integer'],
    ['an unknown setting', ['settings', 'colour=red'], 'colour is no app setting'],
    ['a change without a value', ['settings', 'allowEdit'], 'Write a change as name=value'],
    ['an unknown app', ['show', '--app', 'nobody'], 'There is no app nobody'],
  ])('refuses %s with a sentence', async (_what, args, sentence) => {
    await startServer();
    const { code, output } = await parley('app', ...args);
    expect(code).toBe(1);
    expect(output).toContain(sentence);
  });

  it('says what to do where there is no data', async () => {
    const { code, output } = await parley('app', 'show');
    expect(code).toBe(1);
    expect(output).toContain('start the server once');
  });
});
