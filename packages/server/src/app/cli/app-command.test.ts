import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { CommandType, OpType } from '@parley/protocol';
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

// Each starts several processes, which takes long where others compute, too.
describe('parley app, client and message', { timeout: 120_000 }, () => {
  it('makes an app beside the first, lists both, and clients of the new one log in at once', async () => {
    const first = await startServer();
    const made = JSON.parse((await parley('app', 'create', 'second-app', '--json')).output);
    expect(made).toEqual({
      id: 'second-app',
      appKey: expect.stringMatching(/^\w{24}$/),
      masterKey: expect.stringMatching(/^\w{24}$/),
    });
    expect(JSON.parse((await parley('app', 'list', '--json')).output)).toEqual([first.appId, 'second-app']);
    await (await TestClient.open({ ...first, appId: 'second-app' }, 'Tom')).close();
    const again = await parley('app', 'create', 'second-app');
    expect([again.code, again.output.trim()]).toEqual([1, 'There is an app second-app already.']);
    const short = await parley('app', 'create', 'tooshort');
    expect([short.code, short.output.trim()]).toEqual([
      1,
      'An app id has 9 to 64 letters, digits, "-" and "_".',
    ]);
    expect((await parley('app', 'show')).output).toContain('name one with --app');
  });

  it('replaces a key, and the old one is worth nothing', async () => {
    const { wsUrl } = await startServer();
    const read = async (key: string) =>
      JSON.parse((await parley('app', 'show', '--json')).output)[key] as string;
    const ask = (appId: string, key: string) =>
      fetch(`${wsUrl.replace('ws', 'http')}1.2/rtm/stats`, {
        headers: { 'x-lc-id': appId, 'x-lc-key': `${key},master` },
      });
    const [id, old] = [await read('id'), await read('masterKey')];
    expect((await ask(id, old)).status).toBe(200);
    expect((await parley('app', 'rotate-key', 'master')).output).not.toContain(old);
    expect((await ask(id, old)).status).toBe(401);
    expect((await ask(id, await read('masterKey'))).status).toBe(200);
    expect((await parley('app', 'rotate-key', 'other')).output).toContain('write "app" or "master"');
  });

  it('[F-SESS-27] sends a client away and says how many of its sessions ended', async () => {
    const target = await startServer();
    const tom = await TestClient.open(target, 'Tom');
    const done = await parley('client', 'kick', 'Tom', '--reason', 'be nice');
    expect(done.output).toContain('1 session was ended');
    const closed = await tom.next(({ cmd }) => cmd === CommandType.session);
    expect(closed.sessionMessage).toMatchObject({ code: 4115, detail: 'be nice' });
    expect((await parley('client', 'kick', 'nobody', '--json')).output.trim()).toBe(
      '{"client":"nobody","sessions":0}',
    );
    const long = await parley('client', 'kick', 'Tom', '--reason', 'x'.repeat(21));
    expect(long.output).toContain('at most 20 characters');
  });

  it('[F-MSG-09] sends a message to a conversation, or says why not', async () => {
    const target = await startServer();
    const tom = await TestClient.open(target, 'Tom');
    const started = await tom.request({
      cmd: CommandType.conv,
      op: OpType.start,
      convMessage: { m: ['Jerry'], attr: { data: '{}' } },
    });
    const cid = started.convMessage?.cid ?? '';
    const sent = JSON.parse(
      (await parley('message', 'send', cid, 'hello', '--from', 'ops', '--json')).output,
    );
    const heard = await tom.next(({ cmd }) => cmd === CommandType.direct);
    expect(heard.directMessage).toMatchObject({
      id: sent.id,
      fromPeerId: 'ops',
      msg: '{"_lctype":-1,"_lctext":"hello"}',
    });
    await parley('message', 'send', cid, 'as it is', '--from', 'ops', '--raw', '--transient');
    const raw = await tom.next(({ cmd }) => cmd === CommandType.direct);
    expect(raw.directMessage).toMatchObject({ msg: 'as it is', transient: true });
    const refused = await parley('message', 'send', 'unknown', 'hello', '--from', 'ops');
    expect([refused.code, refused.output.trim()]).toEqual([1, 'There is no conversation unknown. (4401)']);
  });

  // Every command is a process of its own, and a busy machine takes seconds to start one.
  const MANY_PROCESSES = 120_000;

  it(
    '[F-SEC-16] tells who did what, by which user and over REST, after a server was killed too',
    async () => {
      const { appId, wsUrl } = await startServer();
      const masterKey = /Master key +(\S+)/.exec(server?.output() ?? '')?.[1];
      await parley('app', 'settings', 'maxMembers=200');
      const kicked = await fetch(`${wsUrl.replace('ws', 'http')}1.2/rtm/clients/Jerry/kick`, {
        method: 'POST',
        headers: { 'x-lc-id': appId, 'x-lc-key': `${masterKey},master` },
        body: '{}',
      });
      expect(kicked.status).toBe(200);
      await parley('app', 'rotate-key', 'master');
      server?.child.kill('SIGKILL');
      await server?.exited;
      const entries = JSON.parse((await parley('audit', '--json')).output) as readonly object[];
      const cli = { via: 'cli', user: userInfo().username };
      expect(entries).toEqual(
        [
          { via: 'configuration', action: 'app.create', target: appId, details: {} },
          { ...cli, action: 'app.settings', target: appId, details: { maxMembers: { from: null, to: 200 } } },
          { via: 'rest', address: '127.0.0.1', action: 'client.kick', target: 'Jerry', details: {} },
          { ...cli, action: 'app.rotate-key', target: appId, details: { keys: ['masterKey'] } },
        ].map((entry) => ({ ...entry, id: expect.any(Number), at: expect.any(Number) })),
      );
    },
    MANY_PROCESSES,
  );

  it(
    '[F-SEC-16] finds what was done by action and time, and says how to write a time',
    async () => {
      await startServer();
      await parley('client', 'kick', 'Tom', '--reason', 'be nice');
      const { output } = await parley('audit', '--action', 'client.kick', '--since', '1h');
      expect(output.trim().replace(/^\d+ {2}\S+ {2}/, '')).toBe(
        `cli ${userInfo().username}  client.kick Tom  {"reason":"be nice"}`,
      );
      const wrong = await parley('audit', '--since', 'yesterday');
      expect([wrong.code, wrong.output.trim()]).toEqual([
        1,
        'Write a time as 30m, 12h, 7d or 2027-01-31T12:00Z, not "yesterday".',
      ]);
    },
    MANY_PROCESSES,
  );

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

describe('parley webhook', { timeout: 120_000 }, () => {
  it('[F-HOOK-07] lists what was set aside, sends it once more, and has nothing left', async () => {
    let status = 400;
    const taken: string[] = [];
    const receiver = createServer(async (request, response) => {
      const { data } = (await json(request)) as { data: { data: string }[] };
      if (status === 200) taken.push(...data.map((record) => record.data));
      response.writeHead(status).end();
    });
    await once(receiver.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const target = await startServer();
    const setting = JSON.stringify({ url, secret: 'c2VjcmV0'.repeat(4), retries: 0 });
    expect((await parley('app', 'settings', `webhook=${setting}`)).code).toBe(0);
    const tom = await TestClient.open(target, 'Tom');
    const started = await tom.request({
      cmd: CommandType.conv,
      op: OpType.start,
      convMessage: { m: ['Jerry'], attr: { data: '{}' } },
    });
    const cid = started.convMessage?.cid ?? '';
    await tom.request({ cmd: CommandType.direct, directMessage: { cid, msg: 'refused' } });
    const letters = async () => JSON.parse((await parley('webhook', 'dead-letters', '--json')).output);
    await expect
      .poll(letters, { timeout: 60_000 })
      .toEqual([
        expect.objectContaining({ webhook: 'messages', messages: 1, error: 'The receiver answered 400.' }),
      ]);
    expect((await parley('webhook', 'dead-letters')).output).toMatch(
      /messages {2}1 messages .* answered 400/,
    );
    const failed = await parley('webhook', 'replay', 'all');
    expect([failed.code, failed.output]).toEqual([1, expect.stringContaining('answered 400')]);
    const wrong = await parley('webhook', 'replay', 'first');
    expect([wrong.code, wrong.output.trim()]).toEqual([
      1,
      'Write the number of a dead letter, or "all", not "first".',
    ]);
    status = 200;
    const [{ id }] = await letters();
    expect(JSON.parse((await parley('webhook', 'replay', String(id), '--json')).output)).toEqual({
      replayed: 1,
    });
    expect(taken).toEqual(['refused']);
    expect(await letters()).toEqual([]);
    expect((await parley('webhook', 'dead-letters')).output.trim()).toBe('Everything was delivered.');
    expect((await parley('webhook', 'replay', String(id))).code).toBe(1);
    await tom.close();
    receiver.closeAllConnections();
    receiver.close();
  });
});
