import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandType, OpType } from '@parley/protocol';
import { TestClient } from '@parley/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Run, runParley } from '../testing/run-parley.ts';

let folder: string;
let server: Run | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-moderation-'));
});
afterEach(async () => {
  server?.child.kill('SIGKILL');
  await server?.exited;
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function parley(...args: string[]): Promise<{ code: number | null; output: string }> {
  const run = runParley({ PARLEY_DATA_DIR: folder }, ...args);
  return { code: await run.exited, output: run.output().trim() };
}

async function startServer(): Promise<{ wsUrl: string; appId: string }> {
  server = runParley({ PARLEY_DATA_DIR: folder });
  await server.printed(/Ctrl-C stops it/);
  const wsUrl = /ws:\/\/127\.0\.0\.1:\d+\//.exec(server.output())?.[0] ?? '';
  return { wsUrl, appId: /App ID +(\S+)/.exec(server.output())?.[1] ?? '' };
}

async function file(name: string, text: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

// Each starts several processes, which takes long where others compute, too.
describe('parley keywords and parley client ban', { timeout: 300_000 }, () => {
  it('[F-MOD-06][F-MOD-08] replaces the keywords of a running server, which has them again after a crash', async () => {
    const first = await startServer();
    expect((await parley('keywords', 'list')).output).toBe('There are no keywords.');
    const set = await parley('keywords', 'set', await file('words.txt', '\ufeffbad\r\n\r\nvery bad\r\n'));
    expect(set).toEqual({ code: 0, output: '2 keywords are filtered.' });
    expect((await parley('keywords', 'list')).output).toBe('bad\nvery bad');
    const speak = async (target: { wsUrl: string; appId: string }, name: string) => {
      const tom = await TestClient.open(target, name);
      const { convMessage } = await tom.request({
        cmd: CommandType.conv,
        op: OpType.start,
        convMessage: { m: [name, 'Jerry', 'Spike'], attr: { data: '{}' } },
      });
      const cid = convMessage?.cid ?? '';
      await tom.request({ cmd: CommandType.direct, directMessage: { cid, msg: 'very bad weather' } });
      const { logsMessage } = await tom.request({ cmd: CommandType.logs, logsMessage: { cid } });
      await tom.close();
      return logsMessage?.logs?.[0]?.data;
    };
    expect(await speak(first, 'Tom')).toBe('*** weather');
    server?.child.kill('SIGKILL');
    await server?.exited;
    expect(await speak(await startServer(), 'Tyke')).toBe('*** weather');
    expect((await parley('keywords', 'clear')).output).toBe('Nothing is filtered any more.');
    expect(JSON.parse((await parley('keywords', 'list', '--json')).output)).toMatchObject({ count: 0 });
  });

  it('[F-MOD-06] says what is wrong with a file, and keeps the list', async () => {
    await startServer();
    server?.child.kill('SIGTERM');
    await server?.exited;
    // Without a server, too.
    expect((await parley('keywords', 'set', await file('one.txt', 'one'))).output).toBe(
      '1 keyword is filtered.',
    );
    const refusals = [
      [await file('latin1.txt', Buffer.from([0x61, 0x0a, 0xe4])), 'Line 2 is not UTF-8'],
      [await file('empty.txt', '\n\n'), 'The list is empty. To filter nothing, write "keywords clear".'],
      [join(folder, 'nowhere.txt'), 'cannot be read: ENOENT.'],
    ] as const;
    for (const [path, sentence] of refusals) {
      const { code, output } = await parley('keywords', 'set', path);
      expect([code, output]).toEqual([1, expect.stringContaining(sentence)]);
    }
    expect((await parley('keywords', 'list')).output).toBe('one');
  });

  it('[F-SESS-42] bans a client of a running server, lists bans and lifts them', async () => {
    const target = await startServer();
    expect((await parley('client', 'bans')).output).toBe('Nobody is banned.');
    const tom = await TestClient.open(target, 'Tom');
    const banned = await parley('client', 'ban', 'Tom', '--for', '2h', '--reason', 'be nice');
    expect(banned.output).toMatch(/^Tom is banned until \d{4}-/);
    const closed = await tom.next(({ cmd }) => cmd === CommandType.session);
    expect(closed.sessionMessage).toMatchObject({ code: 4106, detail: 'be nice' });
    expect((await tom.login(target.appId, 'Tom')).errorMessage?.code).toBe(4106);
    await parley('client', 'ban', 'Spike');
    const page = JSON.parse((await parley('client', 'bans', '--limit', '1', '--json')).output);
    expect(page).toMatchObject({ bans: [{ client: 'Spike', reason: '' }], next: 'Spike' });
    expect((await parley('client', 'bans', '--after', 'Spike')).output).toMatch(
      /^Tom {2}until .+ {2}be nice$/,
    );
    const wrong = await parley('client', 'ban', 'Tom', '--for', 'ages');
    expect(wrong).toEqual({ code: 1, output: 'Write a time as 90s, 30m, 12h or 7d, not "ages".' });
    expect(await parley('client', 'bans', '--limit', '1001')).toEqual({
      code: 1,
      output: '--limit is a whole number from 1 to 1000, not "1001".',
    });
    expect(await parley('client', 'ban', 'Tom', '--for', '9999d')).toEqual({
      code: 1,
      output: 'A ban lasts 1 to 315360000 seconds, or for good.',
    });
    expect((await parley('client', 'unban', 'Tom')).output).toBe('Tom may log in again.');
    expect((await parley('client', 'unban', 'Tom')).output).toBe('Tom was not banned.');
    expect((await tom.login(target.appId, 'Tom')).op).toBe(OpType.opened);
    await tom.close();
  });
});
