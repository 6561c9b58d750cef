import { CommandType, decodeCommand, type GenericCommand, OpType, type PatchItem } from '@parley/protocol';
import { openMemoryStore, type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { BeforeHooks } from '../src/domain/ports/hooks.ts';

import { conv, history, say, startConversation } from './flow.ts';
import { Api, refusal } from './rest/api.ts';

const KEYWORDS = '/1.2/rtm/keywords';
const CENSORED = { patchCode: -4408, patchReason: 'MESSAGE_MODIFIED_BY_CENSORSHIP' };

let parley: Parley;
let api: Api;
let hooks: BeforeHooks | undefined;
beforeAll(async () => {
  parley = await startParley({
    store: 'memory',
    settings: {
      restSubscriberMessages: { perMinute: 0, perDay: 0 },
      restBroadcasts: { perMinute: 0, perDay: 0 },
    },
  });
  api = new Api(parley);
  parley.app.core.world.hooks.before = () => hooks;
  await api.done(api.call('PUT', KEYWORDS, { text: 'bad\nworse than bad\n敏感词\n' }));
});
afterEach(async () => {
  hooks = undefined;
  await settings({ filterOneToOne: null, rejectKeywords: null });
});
afterAll(() => parley.close());

const settings = (change: Readonly<Record<string, unknown>>) =>
  parley.apps.changeSettings(parley.appId, change);

let made = 0;
const fresh = (name: string) => `${name}-${++made}`;
type Named = TestClient & { readonly id: string };
async function login(name: string, id = fresh(name)): Promise<Named> {
  return Object.assign(await TestClient.open(parley, id), { id });
}

/** What a connection was told so far, and nothing before. */
async function told(client: TestClient): Promise<readonly GenericCommand[]> {
  await client.settled();
  return client.inbox.splice(0);
}
const wordsOf = (commands: readonly GenericCommand[]) =>
  commands.flatMap(({ cmd, directMessage }) => (cmd === CommandType.direct ? [directMessage?.msg] : []));
const patchesOf = (commands: readonly GenericCommand[]): readonly PatchItem[] =>
  commands.flatMap(({ patchMessage }) => patchMessage?.patches ?? []);

const edit = (client: TestClient, cid: string, sent: GenericCommand, data: string) =>
  client.request({
    cmd: CommandType.patch,
    op: OpType.modify,
    patchMessage: {
      patches: [{ cid, mid: sent.ackMessage?.uid ?? '', timestamp: sent.ackMessage?.t ?? 0, data }],
    },
  });

interface Stage {
  readonly cid: string;
  readonly sender: Named;
  /** Another device of the sender. */
  readonly other: Named;
  readonly listener: Named;
  readonly path: string;
}

const kinds = ['group', 'temporary', 'chat-room', 'pair'] as const;

async function stageOf(kind: (typeof kinds)[number]): Promise<Stage> {
  const sender = await login('sender');
  const [other, listener] = [await login('other', sender.id), await login('listener')];
  const members = [sender.id, listener.id];
  const cid = await startConversation(sender, {
    unique: false,
    ...(kind === 'chat-room' ? { m: [], transient: true } : { m: members }),
    ...(kind === 'group' && { m: [...members, fresh('third')] }),
    ...(kind === 'temporary' && { m: [...members, fresh('third')], tempConv: true }),
  });
  if (kind === 'chat-room')
    for (const one of [other, listener]) await conv(one, OpType.add, { cid, m: [one.id] });
  for (const one of [sender, other, listener]) await told(one);
  return {
    cid,
    sender,
    other,
    listener,
    path: `/1.2/rtm/${kind === 'chat-room' ? 'chatrooms' : 'conversations'}/${cid}/messages`,
  };
}

const end = ({ sender, other, listener }: Stage) =>
  Promise.all([sender, other, listener].map((client) => client.close()));

describe.each(kinds)('keywords in a %s', (kind) => {
  const before = () => settings({ filterOneToOne: kind === 'pair' });

  it('[F-MOD-01][F-MOD-03] become three stars in what clients say, and the sender is told of it once', async () => {
    await before();
    const stage = await stageOf(kind);
    const { cid, sender, other, listener } = stage;
    const ack = await say(sender, cid, 'a bad day, and 敏感词');
    expect(ack.ackMessage?.uid).toBeTypeOf('string');
    expect(wordsOf(await told(listener))).toEqual(['a *** day, and ***']);
    expect(wordsOf(await told(other))).toEqual(['a *** day, and ***']);
    expect(await history(listener, cid)).toEqual(['a *** day, and ***']);
    const patches = patchesOf(await told(sender));
    expect(patches.length).toBe(1);
    expect(patches[0]).toMatchObject({
      ...CENSORED,
      cid,
      mid: ack.ackMessage?.uid,
      from: sender.id,
      data: 'a *** day, and ***',
    });
    await say(sender, cid, 'a good day');
    expect(wordsOf(await told(listener))).toEqual(['a good day']);
    expect(patchesOf(await told(sender))).toEqual([]);
    await end(stage);
  });

  it('[F-MOD-01][F-MOD-03] become three stars in edits: the reply says that it was changed, then a patch what to', async () => {
    await before();
    const stage = await stageOf(kind);
    const { cid, sender, other, listener } = stage;
    const sent = await say(sender, cid, 'fine');
    for (const one of [sender, other, listener]) await told(one);
    expect((await edit(sender, cid, sent, 'BAD')).op).toBe(OpType.modified);
    const atListener = patchesOf(await told(listener));
    expect(atListener).toMatchObject([{ data: '***', mid: sent.ackMessage?.uid }]);
    expect(atListener[0]?.patchCode).toBeUndefined();
    for (const own of [sender, other]) {
      expect(patchesOf(await told(own))).toMatchObject([{ data: '***', ...CENSORED }]);
    }
    expect(await history(listener, cid)).toEqual(['***']);
    await end(stage);
  });

  it('[F-MOD-01] become three stars in what comes over REST, edits too', async () => {
    await before();
    const stage = await stageOf(kind);
    const { cid, sender, listener, path } = stage;
    const { result } = await api.done(
      api.post(path, { from_client: sender.id, message: 'bad news', transient: false }),
    );
    expect(wordsOf(await told(listener))).toEqual(['*** news']);
    expect(patchesOf(await told(sender))).toMatchObject([{ ...CENSORED, mid: result['msg-id'] }]);
    const at = { from_client: sender.id, timestamp: result.timestamp };
    await api.done(api.put(`${path}/${result['msg-id']}`, { ...at, message: 'no bad news' }));
    expect(patchesOf(await told(listener))).toMatchObject([{ data: 'no *** news' }]);
    expect(patchesOf(await told(sender))).toMatchObject([{ data: 'no *** news', ...CENSORED }]);
    expect(await history(listener, cid)).toEqual(['no *** news']);
    await end(stage);
  });

  it('[F-MOD-07] are refused where the app wants that: 4402, and 4405 for an edit', async () => {
    await before();
    await settings({ rejectKeywords: true });
    const stage = await stageOf(kind);
    const { cid, sender, listener, path } = stage;
    const refused = await say(sender, cid, 'bad');
    expect(refused.ackMessage).toMatchObject({
      code: 4402,
      reason: 'MESSAGE_REJECTED_BY_APP',
      appCode: -4408,
      appMsg: 'The message has a word in it that this app does not allow.',
    });
    const sent = await say(sender, cid, 'good');
    const edited = await edit(sender, cid, sent, 'bad');
    expect(edited.errorMessage).toMatchObject({ code: 4405, reason: 'MESSAGE_UPDATE_REJECTED_BY_APP' });
    expect(refusal(await api.post(path, { from_client: sender.id, message: 'bad' }))).toEqual([
      403,
      4402,
      'MESSAGE_REJECTED_BY_APP',
    ]);
    const heard = await told(listener);
    expect([wordsOf(heard), patchesOf(heard)]).toEqual([['good'], []]);
    expect(await history(listener, cid)).toEqual(['good']);
    await end(stage);
  });

  it('[F-MOD-01] become three stars in transient messages, and in wills', async () => {
    await before();
    const stage = await stageOf(kind);
    const { cid, sender, listener } = stage;
    const order: (number | undefined)[] = [];
    sender.socket.on('message', (frame: Buffer) => order.push(decodeCommand(frame).cmd));
    await say(sender, cid, 'bad typing', { transient: true });
    expect(wordsOf(await told(listener))).toEqual(['*** typing']);
    expect(patchesOf(await told(sender))).toMatchObject([{ data: '*** typing', ...CENSORED }]);
    // It is answered before it is told what became of it: by then the SDK knows the message.
    expect(order.slice(0, 2)).toEqual([CommandType.ack, CommandType.patch]);
    await say(sender, cid, 'a bad end', { will: true });
    await sender.terminate();
    const last = await listener.push(CommandType.direct);
    expect(last.directMessage?.msg).toBe('a *** end');
    await end(stage);
  });
});

describe('keywords between two', () => {
  it('[F-MOD-05] are their own business unless the app says otherwise', async () => {
    const stage = await stageOf('pair');
    const { cid, sender, listener } = stage;
    await say(sender, cid, 'bad');
    expect(wordsOf(await told(listener))).toEqual(['bad']);
    await settings({ filterOneToOne: true });
    await say(sender, cid, 'bad');
    expect(wordsOf(await told(listener))).toEqual(['***']);
    await settings({ filterOneToOne: false });
    // With a third it is a group.
    await conv(sender, OpType.add, { cid, m: [fresh('third')] });
    await say(sender, cid, 'bad');
    expect(wordsOf(await told(listener))).toEqual(['***']);
    await end(stage);
  });
});

describe('keywords and services', () => {
  const SERVICES = '/1.2/rtm/service-conversations';

  async function service() {
    const cid: string = (await api.done(api.post(SERVICES, { name: 'desk' }))).objectId;
    const listener = await login('listener');
    await conv(listener, OpType.add, { cid, m: [listener.id] });
    await told(listener);
    return { cid, listener };
  }

  it('[F-MOD-05] are filtered in what clients say to them, and the client is told', async () => {
    const { cid, listener } = await service();
    const other = await login('other', listener.id);
    const sent = await say(listener, cid, 'a bad service');
    expect(wordsOf(await told(other))).toEqual(['a *** service']);
    expect(patchesOf(await told(listener))).toMatchObject([
      { ...CENSORED, mid: sent.ackMessage?.uid, data: 'a *** service' },
    ]);
    expect((await edit(listener, cid, sent, 'worse than bad')).op).toBe(OpType.modified);
    expect(patchesOf(await told(listener))).toMatchObject([{ ...CENSORED, data: '***' }]);
    await told(other);
    await say(listener, cid, 'bad', { transient: true });
    expect(wordsOf(await told(other))).toEqual(['***']);
    const kept = await api.done(api.get(`${SERVICES}/${cid}/subscribers/${listener.id}/messages`));
    expect(kept).toMatchObject([{ data: '***' }]);
    await Promise.all([other.close(), listener.close()]);
  });

  it('[F-MOD-05] are filtered in what a service says to subscribers, to chosen clients and to everybody', async () => {
    const { cid, listener } = await service();
    const said = { from_client: 'desk', message: 'bad weather' };
    await api.done(api.post(`${SERVICES}/${cid}/broadcasts`, said));
    expect(wordsOf(await told(listener))).toEqual(['*** weather']);
    await api.done(api.post(`${SERVICES}/${cid}/messages`, { ...said, to_clients: [listener.id] }));
    expect(wordsOf(await told(listener))).toEqual(['*** weather']);
    await api.done(api.post('/1.2/rtm/broadcasts', { ...said, conv_id: cid }));
    expect(wordsOf(await told(listener))).toEqual(['*** weather']);
    await listener.close();
  });

  it('[F-MOD-05] are filtered in edits of what a service said', async () => {
    const { cid, listener } = await service();
    const path = `${SERVICES}/${cid}/messages`;
    const { result } = await api.done(
      api.post(path, { from_client: 'desk', message: 'good', to_clients: [listener.id] }),
    );
    await told(listener);
    const at = { from_client: 'desk', timestamp: result.timestamp, to_clients: [listener.id] };
    await api.done(api.put(`${path}/${result['msg-id']}`, { ...at, message: 'bad' }));
    expect(patchesOf(await told(listener))).toMatchObject([{ data: '***' }]);
    await settings({ rejectKeywords: true });
    const refused = await api.put(`${path}/${result['msg-id']}`, { ...at, message: 'bad' });
    expect(refusal(refused)).toEqual([403, 4405, 'MESSAGE_UPDATE_REJECTED_BY_APP']);
    const sending = { from_client: 'desk', message: 'bad', to_clients: [listener.id] };
    expect(refusal(await api.post(path, sending))).toEqual([403, 4402, 'MESSAGE_REJECTED_BY_APP']);
    await listener.close();
  });
});

describe('what is looked at of a message', () => {
  it('[F-MOD-04] is the text of a typed message, and nothing else of it changes', async () => {
    const stage = await stageOf('group');
    const { cid, sender, listener } = stage;
    const heard = async (body: string) => {
      await say(sender, cid, body);
      return (await told(listener)).flatMap(({ directMessage }) => directMessage?.msg ?? [])[0];
    };
    expect(
      await heard('{"_lctext":"b\\u0061d","_lctype":-1,"_lcattrs":{"word":"bad","id":12345678901234567890}}'),
    ).toBe('{"_lctext":"***","_lctype":-1,"_lcattrs":{"word":"bad","id":12345678901234567890}}');
    const file = '{"_lctype":-2,"_lcfile":{"url":"https://example.com/bad.png"}}';
    expect(await heard(file)).toBe(file);
    const noText = '{"_lctype":-1,"_lctext":["bad"]}';
    expect(await heard(noText)).toBe(noText);
    const padded = ' {"_lctype":-1, "_lctext":"good", "bad":1}';
    expect(await heard(padded)).toBe(padded);
    await end(stage);
  });

  it('[F-MOD-04] is the whole body of every other text', async () => {
    const stage = await stageOf('group');
    const { cid, sender, listener } = stage;
    const bodies = ['{"text":"bad"}', '{"_lctype":"bad"}', '{bad', '["bad"]', '"bad"', 'bad'];
    for (const body of bodies) await say(sender, cid, body);
    expect(wordsOf(await told(listener))).toEqual(bodies.map((body) => body.replace('bad', '***')));
    await end(stage);
  });

  it('[F-MOD-04] is nothing of a binary message', async () => {
    const stage = await stageOf('group');
    const { cid, sender, listener } = stage;
    const bytes = Buffer.from('bad');
    await sender.request({ cmd: CommandType.direct, directMessage: { cid, binaryMsg: bytes } });
    const [heard] = await told(listener);
    expect(Buffer.from(heard?.directMessage?.binaryMsg ?? [])).toEqual(bytes);
    expect(patchesOf(await told(sender))).toEqual([]);
    await end(stage);
  });

  it('says the same to who repeats a message, and tells of it no more', async () => {
    const stage = await stageOf('group');
    const { cid, sender, listener } = stage;
    const first = await say(sender, cid, 'bad', { dt: 'once' });
    await told(sender);
    expect((await say(sender, cid, 'bad', { dt: 'once' })).ackMessage?.uid).toBe(first.ackMessage?.uid);
    expect(patchesOf(await told(sender))).toEqual([]);
    expect(wordsOf(await told(listener))).toEqual(['***']);
    await end(stage);
  });
});

describe('keywords and hooks', () => {
  it('[F-MOD-02] the hook is asked first, about what was written; what it makes of it is filtered', async () => {
    const stage = await stageOf('group');
    const { cid, sender, listener } = stage;
    const asked: unknown[] = [];
    hooks = {
      async messageReceived({ body }) {
        asked.push(body);
        return { verdict: 'pass', body: `${body}, which is bad`, code: 7, detail: 'the hook' };
      },
      async messageUpdate({ body }) {
        asked.push(body);
        return { verdict: 'pass', body: `${body}, bad again` };
      },
    };
    const sent = await say(sender, cid, 'a bad day');
    expect(wordsOf(await told(listener))).toEqual(['a *** day, which is ***']);
    expect(patchesOf(await told(sender))).toMatchObject([
      { ...CENSORED, data: 'a *** day, which is ***', mid: sent.ackMessage?.uid },
    ]);
    await edit(sender, cid, sent, 'bad');
    expect(patchesOf(await told(listener))).toMatchObject([{ data: '***, *** again' }]);
    expect(patchesOf(await told(sender))).toMatchObject([{ data: '***, *** again', ...CENSORED }]);
    expect(asked).toEqual(['a bad day', 'bad']);
    await end(stage);
  });

  it('[F-MOD-02] where only the hook changed something, its own code is told', async () => {
    const stage = await stageOf('group');
    hooks = {
      async messageReceived() {
        return { verdict: 'pass', body: 'nicer', code: 7 };
      },
    };
    await say(stage.sender, stage.cid, 'good');
    expect(patchesOf(await told(stage.sender))).toMatchObject([{ data: 'nicer', patchCode: 7 }]);
    await end(stage);
  });
});

describe('the list of keywords', () => {
  it('[F-MOD-06] is replaced as a file, listed in parts, and taken away', async () => {
    const own = await startParley({ store: 'memory' });
    const there = new Api(own);
    expect(await there.done(there.get(KEYWORDS))).toEqual({ keywords: [], count: 0 });
    const put = (text: string) => there.call('PUT', KEYWORDS, { text });
    expect(await there.done(put('\ufeffone\r\n\r\n two three \r\nfour'))).toMatchObject({ count: 3 });
    const listed = await there.done(there.get(KEYWORDS));
    expect(listed).toMatchObject({ keywords: ['one', 'two three', 'four'], count: 3 });
    expect(Date.parse(listed.changed_at)).toBeGreaterThan(0);
    const part = await there.done(there.get(KEYWORDS, { skip: 1, limit: 1 }));
    expect(part).toMatchObject({ keywords: ['two three'], count: 3 });
    expect(await there.done(put('five'))).toMatchObject({ count: 1 });
    expect((await there.done(there.get(KEYWORDS))).keywords).toEqual(['five']);
    expect(refusal(await put(' \n'))).toEqual([400, 1, 'The body is empty. To filter nothing, use DELETE.']);
    const tooLong = await put(`fine\n${'x'.repeat(101)}`);
    expect([tooLong.status, tooLong.body.detail]).toEqual([
      400,
      'Line 2 has 101 characters; a keyword has at most 100.',
    ]);
    expect((await there.done(there.get(KEYWORDS))).keywords).toEqual(['five']);
    expect(await there.done(there.delete(KEYWORDS))).toEqual({});
    expect(await there.done(there.get(KEYWORDS))).toMatchObject({ keywords: [], count: 0 });
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect((await there.call(method, KEYWORDS, { as: 'app' })).status).toBe(403);
    }
    await own.close();
  });

  it('[F-MOD-08] is in force from the answer on, for its own app only, and again after a restart', async () => {
    // A store that outlives its server.
    const store = { ...(await openMemoryStore()), close: async () => {} };
    const first = await startParley({ store, otherApps: ['other-app-id-1'] });
    const api = new Api(first);
    const speak = async (server: Parley, appId: string) => {
      const [tom, jerry] = [fresh('tom'), fresh('jerry')];
      const clients = [];
      for (const name of [tom, jerry]) clients.push(await TestClient.open({ ...server, appId }, name));
      const [speaker, hearer] = clients as [TestClient, TestClient];
      const cid = await startConversation(speaker, { m: [tom, jerry, 'third'], unique: false });
      await say(speaker, cid, 'one, two');
      const [heard] = wordsOf(await told(hearer));
      await Promise.all(clients.map((client) => client.close()));
      return heard;
    };
    expect(await speak(first, first.appId)).toBe('one, two');
    await api.done(api.call('PUT', KEYWORDS, { text: 'one' }));
    expect(await speak(first, first.appId)).toBe('***, two');
    expect(await speak(first, 'other-app-id-1')).toBe('one, two');
    await api.done(api.call('PUT', KEYWORDS, { text: 'two' }));
    expect(await speak(first, first.appId)).toBe('one, ***');
    await first.close();
    const second = await startParley({ store });
    expect(await speak(second, second.appId)).toBe('one, ***');
    const again = new Api(second);
    await again.done(again.delete(KEYWORDS));
    expect(await speak(second, second.appId)).toBe('one, two');
    await second.close();
  });
});
