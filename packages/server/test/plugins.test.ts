import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandType, type GenericCommand, OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conv, history, query, say, startConversation, where } from './flow.ts';

/** The plug-in writes what it was asked and told, a line for each. */
interface Line {
  readonly name: string;
  /** The conversation, or the client where there is none. */
  readonly about: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const GARBAGE = [
  '"ok"',
  'true',
  '[]',
  '7',
  '{"droped":true}',
  '{"drop":"yes"}',
  '{"drop":true,"code":"7"}',
  '{"content":7}',
  '{"receivers":"Jerry"}',
  '{"receivers":[7]}',
];

const PATIENT = { timeout: 20_000 };

const fixture = (name: string) => fileURLToPath(new URL(`./plugins/${name}.ts`, import.meta.url));

let folder: string;
let file: string;
let parley: Parley;
const pushed: unknown[] = [];
let tom: TestClient;
let jerry: TestClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-plugins-'));
  file = join(folder, 'lines');
  parley = await startParley({
    // Long enough for a machine that is busy with other tests.
    plugins: [{ path: fixture('obedient'), options: { file }, timeoutMs: 3000 }],
    pusher: { push: (_, push) => pushed.push(push) },
  });
});
afterAll(async () => {
  await parley.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  tom = await TestClient.open(parley, 'Tom');
  jerry = await TestClient.open(parley, 'Jerry');
});
afterEach(async () => {
  await Promise.all([tom.close(), jerry.close()]);
});

/** What it was asked or told about a conversation or a client. */
function lines(name: string, about: string, from = file): readonly Line['input'][] {
  if (!existsSync(from)) return [];
  const written = readFileSync(from, 'utf8').split('\n').slice(0, -1);
  return written
    .map((line): Line => JSON.parse(line))
    .filter((line) => line.name === name && line.about === about)
    .map(({ input }) => input);
}

/** The same, once that was so many times. */
async function told(name: string, about: string, times = 1): Promise<readonly Line['input'][]> {
  await expect.poll(() => lines(name, about).length, { timeout: 10_000 }).toBe(times);
  return lines(name, about);
}

const pair = (fields = {}) => startConversation(tom, { m: ['Tom', 'Jerry'], unique: false, ...fields });
const edit = (client: TestClient, cid: string, sent: GenericCommand, fields: object) =>
  client.request({
    cmd: CommandType.patch,
    op: OpType.modify,
    patchMessage: {
      patches: [{ cid, mid: sent.ackMessage?.uid ?? '', timestamp: sent.ackMessage?.t ?? 0, ...fields }],
    },
  });

async function heard(client: TestClient): Promise<readonly (string | undefined)[]> {
  await client.settled();
  return client.inbox
    .splice(0)
    .flatMap(({ cmd, directMessage }) => (cmd === CommandType.direct ? [directMessage?.msg] : []));
}

async function rest(method: string, path: string, body: object) {
  const response = await fetch(`${parley.url}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      'x-lc-id': parley.appId,
      'x-lc-key': `${parley.masterKey},master`,
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('a plug-in that is asked about a message', () => {
  it('[F-MOD-02][F-HOOK-01] gets all there is to know, and lets it pass with nothing', async () => {
    const cid = await pair({ attr: { data: '{"name":"two"}' } });
    const content = '{"_lctype":-1,"_lctext":"hi"}';
    const ack = await say(tom, cid, content, { r: true });
    expect(lines('messageReceived', cid)).toEqual([
      {
        conversation: { id: cid, kind: 'basic', name: 'two' },
        sender: 'Tom',
        receivers: ['Jerry'],
        content,
        transient: false,
        receipt: true,
        at: ack.ackMessage?.t,
        address: '127.0.0.1',
      },
    ]);
    expect(await history(jerry, cid)).toEqual([content]);
  });

  it('[F-MOD-02][F-HOOK-03] drops it with a code and a text of its own', async () => {
    const cid = await pair();
    const { ackMessage } = await say(tom, cid, 'drop');
    expect(ackMessage).toMatchObject({ code: 4402, appCode: 7, appMsg: 'dropped' });
    expect(await heard(jerry)).toEqual([]);
    expect(await history(jerry, cid)).toEqual([]);
  });

  it('[F-MOD-02][F-HOOK-03] rewrites it for everybody, and the sender is told', async () => {
    const cid = await pair();
    await say(tom, cid, 'rewrite');
    expect(await heard(jerry)).toEqual(['rewritten']);
    const patch = await tom.push(CommandType.patch, OpType.modify);
    expect(patch.patchMessage?.patches?.[0]).toMatchObject({
      data: 'rewritten',
      patchCode: 8,
      patchReason: 'better so',
    });
    expect(await history(tom, cid)).toEqual(['rewritten']);
  });

  it('[F-HOOK-03] makes bytes of a text', async () => {
    const cid = await pair();
    await say(tom, cid, 'bytes');
    const { directMessage } = await jerry.push(CommandType.direct);
    expect([...(directMessage?.binaryMsg ?? [])]).toEqual([1, 2, 3]);
  });

  it('[F-HOOK-03] leaves out receivers, and cannot add any', async () => {
    const cid = await startConversation(tom, { m: ['Tom', 'Jerry', 'Mary'], unique: false });
    await say(tom, cid, 'only the first');
    await say(tom, cid, 'nobody');
    expect(await heard(jerry)).toEqual(['only the first']);
    const [first, second] = await told('messageSent', cid, 2);
    expect([first?.online, first?.offline]).toEqual([['Jerry'], []]);
    expect([second?.online, second?.offline]).toEqual([[], []]);
    expect(await history(jerry, cid)).toEqual(['only the first', 'nobody']);
  });
});

describe('a plug-in that is asked about the rest', () => {
  it('[F-HOOK-03] refuses and changes edits, and lets a recall be what it is', async () => {
    const cid = await pair();
    const sent = await say(tom, cid, 'original');
    expect((await edit(tom, cid, sent, { data: 'refuse' })).errorMessage).toMatchObject({
      code: 4405,
      appCode: 9,
      appMsg: 'too late',
    });
    await edit(tom, cid, sent, { data: 'edited' });
    expect(await history(tom, cid)).toEqual(['edited!']);
    await edit(tom, cid, sent, { recall: true });
    expect(await history(tom, cid)).toEqual(['{"_lctype":-127}']);
    const [, edited, recalled] = lines('messageUpdate', cid);
    expect(edited).toMatchObject({
      id: sent.ackMessage?.uid,
      content: 'edited',
      recall: false,
      sender: 'Tom',
    });
    expect(recalled).toMatchObject({ content: '{"_lctype":-127}', recall: true, receivers: ['Jerry'] });
  });

  it('[F-HOOK-01] decides who of those who are away is notified, and how', async () => {
    const cid = await startConversation(tom, { m: ['Tom', 'Jerry', 'Mary', 'Spike'], unique: false });
    pushed.length = 0;
    await say(tom, cid, 'do not disturb');
    await say(tom, cid, 'hello');
    await told('receiversOffline', cid, 2);
    expect(lines('receiversOffline', cid)[1]).toMatchObject({ offline: ['Mary', 'Spike'], content: 'hello' });
    await expect.poll(() => pushed).toMatchObject([{ receivers: ['Mary'], content: { alert: 'for Mary' } }]);
  });

  it('[F-HOOK-04][F-HOOK-05] refuses to create, to let in and to put out, and adds attributes', async () => {
    const REJECTED = { code: 4305, appCode: 222, appMsg: 'no' };
    const start = (attr: string) =>
      conv(tom, OpType.start, { m: ['Tom', 'Protected'], attr: { data: attr } });
    expect((await start('{"name":"refuse"}')).errorMessage).toMatchObject(REJECTED);
    const cid = (await start('{"name":"fine"}')).convMessage?.cid ?? '';
    expect(await query(tom, where({ objectId: cid }))).toMatchObject([{ name: 'fine', checked: true }]);
    expect(lines('conversationStart', 'Tom').at(-1)).toEqual({
      by: 'Tom',
      members: ['Tom', 'Protected'],
      attributes: { name: 'fine' },
    });
    expect((await conv(tom, OpType.add, { cid, m: ['Stranger'] })).errorMessage).toMatchObject(REJECTED);
    expect((await conv(tom, OpType.remove, { cid, m: ['Protected'] })).errorMessage).toMatchObject(REJECTED);
    const about = { conversation: { id: cid, kind: 'basic', name: 'fine' }, by: 'Tom' };
    expect(lines('conversationAdd', cid)).toEqual([{ ...about, members: ['Stranger'] }]);
    expect(lines('conversationRemove', cid)).toEqual([{ ...about, members: ['Protected'] }]);
    await conv(tom, OpType.add, { cid, m: ['Jerry'] });
    await conv(jerry, OpType.remove, { cid, m: ['Jerry'] });
    expect(lines('conversationRemove', cid)).toHaveLength(1);
    const change = { conversation: { id: cid, kind: 'basic', name: 'fine' }, members: ['Jerry'] };
    expect(await told('conversationStarted', cid)).toEqual([
      { conversation: change.conversation, by: 'Tom' },
    ]);
    expect(await told('conversationAdded', cid)).toEqual([{ ...change, by: 'Tom' }]);
    expect(await told('conversationRemoved', cid)).toEqual([{ ...change, by: 'Jerry' }]);
  });

  it('[F-HOOK-04] refuses and changes updates, each only what was asked for', async () => {
    const cid = await pair();
    const update = (data: string) => conv(tom, OpType.update, { cid, attr: { data } });
    expect((await update('{"name":"refuse"}')).errorMessage).toMatchObject({ code: 4305, appCode: 222 });
    expect(lines('conversationUpdate', cid)).toEqual([
      { conversation: { id: cid, kind: 'basic' }, by: 'Tom', attributes: { name: 'refuse' } },
    ]);
    await update('{"name":"fine"}');
    await conv(tom, OpType.unmute, { cid });
    expect(await query(tom, where({ objectId: cid }))).toMatchObject([
      { name: 'fine', seen: true, muted: true },
    ]);
  });

  it('[F-SESS-39] refuses to sign the login of a user', async () => {
    const sign = async (username: string) => {
      const user = await rest('POST', '/1.1/users', { username, password: 'a long password' });
      const answer = await rest('POST', '/1.1/rtm/sign', { session_token: user.body.sessionToken });
      return { ...answer, user: String(user.body.objectId) };
    };
    const allowed = await sign('welcome');
    expect(allowed).toMatchObject({ status: 200, body: { client_id: allowed.user } });
    expect(await sign('banned')).toMatchObject({ status: 403, body: { code: 4102, detail: 'not today' } });
    expect(lines('clientSign', allowed.user)[0]).toMatchObject({
      id: allowed.user,
      username: 'welcome',
      email: '',
    });
  });
});

describe('a plug-in that is told', () => {
  it('[F-HOOK-01] hears of every message, in the order of their commits', async () => {
    const cid = await pair();
    const said = Array.from({ length: 600 }, (_, index) => `message ${index}`);
    await Promise.all(said.map((text) => say(tom, cid, text)));
    const events = await told('messageSent', cid, said.length);
    expect(events.map(({ content }) => content)).toEqual(said);
    expect(events[0]).toEqual({
      conversation: { id: cid, kind: 'basic' },
      id: expect.stringMatching(/^\S{22}$/),
      sender: 'Tom',
      content: 'message 0',
      online: ['Jerry'],
      offline: [],
      transient: false,
      receipt: false,
      at: expect.any(Number),
      address: '127.0.0.1',
    });
  });

  it('[F-HOOK-06] hears how each session ended', async () => {
    const spike = await TestClient.open(parley, 'Spike', { tag: 'mobile' });
    await spike.request({ cmd: CommandType.session, op: OpType.close });
    const lost = await TestClient.open(parley, 'Spike');
    await lost.terminate();
    expect((await told('clientOnline', 'Spike', 2))[0]).toEqual({
      client: 'Spike',
      address: '127.0.0.1',
      isReconnect: false,
    });
    expect(await told('clientOffline', 'Spike', 2)).toEqual([
      { client: 'Spike', how: 'logout', tag: 'mobile', address: '127.0.0.1' },
      { client: 'Spike', how: 'lost' },
    ]);
    await spike.close();
  });

  it('[F-HOOK-02] may throw, and is told the next one', async () => {
    const cid = await pair();
    for (let times = 0; times < 20; times++) await say(tom, cid, 'throw after');
    await say(tom, cid, 'fine');
    await told('messageSent', cid, 21);
  });
});

describe('a plug-in that fails', () => {
  const HARMLESS = [
    'throw',
    'throw nothing',
    'reject',
    'reject later',
    'kill the server',
    'kill everybody',
    'interrupt',
    'hang up',
    'hang',
    'print',
  ];
  it.each(HARMLESS)('[F-HOOK-02] by "%s" has said nothing, and is asked again', async (how) => {
    const cid = await pair();
    expect((await say(tom, cid, how)).ackMessage?.code).toBeUndefined();
    expect((await say(tom, cid, 'rewrite')).ackMessage?.code).toBeUndefined();
    expect(await heard(jerry)).toEqual([how, 'rewritten']);
  });

  it.each(GARBAGE)('[F-HOOK-02] by answering %s has said nothing', async (answer) => {
    const cid = await pair();
    const order = `answer ${answer}`;
    expect((await say(tom, cid, order)).ackMessage?.code).toBeUndefined();
    await say(tom, cid, 'rewrite');
    expect(await history(jerry, cid)).toEqual([order, 'rewritten']);
  });

  it('[F-HOOK-02] refuses what it was asked about, where the app wants that', async () => {
    const cid = await pair();
    await parley.apps.changeSettings(parley.appId, { abortOnHookFailure: true });
    try {
      expect((await say(tom, cid, 'throw')).ackMessage).toMatchObject({
        code: 4402,
        appMsg: 'HOOK_CALL_FAILED',
      });
      expect((await say(tom, cid, 'fine')).ackMessage?.code).toBeUndefined();
      expect(await history(jerry, cid)).toEqual(['fine']);
    } finally {
      await parley.apps.changeSettings(parley.appId, { abortOnHookFailure: null });
    }
  });
});

describe('a plug-in that ends', () => {
  it.each(['exit', 'abort', 'throw later', 'spin', 'eat memory'])(
    '[F-HOOK-02] by "%s" does so alone, and is started anew; nothing is lost but its say',
    async (how) => {
      const own = join(folder, how);
      const plugin = { path: fixture('obedient'), options: { file: own }, timeoutMs: 1000, memoryMb: 64 };
      const server = await startParley({ store: 'memory', plugins: [plugin] });
      const spike = await TestClient.open(server, 'Spike');
      const cid = await startConversation(spike, { m: ['Spike', 'Tyke'] });
      const texts = [how, 'meanwhile', 'still'];
      const acks = await Promise.all(texts.map((text) => say(spike, cid, text)));
      expect(acks.map(({ ackMessage }) => ackMessage?.code)).toEqual([undefined, undefined, undefined]);
      expect(await history(spike, cid)).toEqual(texts);
      await expect.poll(async () => (await say(spike, cid, 'drop')).ackMessage?.code, PATIENT).toBe(4402);
      // What happened while it was away waits for it.
      const heard = () => lines('messageSent', cid, own).map(({ content }) => content);
      await expect.poll(heard, PATIENT).toEqual(expect.arrayContaining(['meanwhile', 'still']));
      await spike.close();
      await server.close();
      expect(lines('stop', '', own)).toHaveLength(1);
    },
  );
});
