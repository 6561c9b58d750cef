import { CommandType, type GenericCommand, OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine, type Handler, HOOKS, type Parameters, Raw } from './fake-engine.ts';
import { conv, history, query, say, startConversation, where } from './flow.ts';

let engine: FakeEngine;
let parley: Parley;
beforeAll(async () => {
  engine = await FakeEngine.start();
  parley = await startParley({ settings: engine.settings() });
});
afterAll(async () => {
  await parley.close();
  await engine.close();
});

let tom: TestClient;
let jerry: TestClient;
beforeEach(async () => {
  engine.functions = {};
  tom = await TestClient.open(parley, 'Tom');
  jerry = await TestClient.open(parley, 'Jerry');
  engine.calls = [];
});
afterEach(async () => {
  await Promise.all([tom.close(), jerry.close()]);
});

const called = (name: string) => engine.called(name);
const told = (name: string, times = 1): Promise<readonly Parameters[]> => engine.told(name, times);
const pair = (fields = {}) => startConversation(tom, { m: ['Tom', 'Jerry'], ...fields });
const refusal = ({ errorMessage, ackMessage }: GenericCommand) => errorMessage ?? ackMessage;

async function heard(client: TestClient): Promise<readonly (string | undefined)[]> {
  await client.settled();
  return client.inbox
    .splice(0)
    .flatMap(({ cmd, directMessage }) => (cmd === CommandType.direct ? [directMessage?.msg] : []));
}

async function rest(method: string, path: string, body: object, headers = {}) {
  const response = await fetch(`${parley.url}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      'x-lc-id': parley.appId,
      'x-lc-key': `${parley.masterKey},master`,
      ...headers,
    },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    body: (await response.json()) as { code?: number; error?: string; objectId?: string },
  };
}

describe('the hook of a message', () => {
  it('[F-HOOK-01] gets what LeanEngine documents, and says nothing against it', async () => {
    const cid = await pair();
    const ack = await say(tom, cid, '{"_lctype":-1,"_lctext":"hi"}', { r: true });
    const [call] = called('_messageReceived');
    expect(call?.parameters).toEqual({
      fromPeer: 'Tom',
      receipt: true,
      groupId: null,
      system: null,
      content: '{"_lctype":-1,"_lctext":"hi"}',
      convId: cid,
      toPeers: ['Jerry'],
      bin: false,
      transient: false,
      sourceIP: '127.0.0.1',
      timestamp: ack.ackMessage?.t,
      __sign: expect.stringMatching(/^\d+,[0-9a-f]{40}$/),
    });
    expect(call?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-lc-id': parley.appId,
      'x-lc-key': parley.appKey,
      'x-lc-hook-key': 'hook-key',
      'x-lc-prod': '1',
    });
    expect(call?.headers).not.toHaveProperty('x-lc-session');
    expect(await heard(jerry)).toEqual(['{"_lctype":-1,"_lctext":"hi"}']);
    const [sent] = await told('_messageSent');
    expect(sent).toMatchObject({
      fromPeer: 'Tom',
      convId: cid,
      msgId: ack.ackMessage?.uid,
      onlinePeers: ['Jerry'],
      offlinePeers: [],
      transient: false,
      bin: false,
      receipt: true,
      content: '{"_lctype":-1,"_lctext":"hi"}',
      timestamp: ack.ackMessage?.t,
      sourceIP: '127.0.0.1',
    });
  });

  it('[F-HOOK-03] refuses with the code and the words of the app, and nothing is written or told', async () => {
    const cid = await pair();
    engine.functions._messageReceived = () => ({ drop: true, code: '123', detail: 'not here' });
    const ack = await say(tom, cid, 'bad');
    expect(ack.ackMessage).toMatchObject({
      code: 4402,
      reason: 'MESSAGE_REJECTED_BY_APP',
      appCode: 123,
      appMsg: 'not here',
      uid: expect.any(String),
      t: expect.any(Number),
    });
    expect(await heard(jerry)).toEqual([]);
    engine.functions = {};
    expect(await history(tom, cid)).toEqual([]);
    expect(called('_messageSent')).toEqual([]);
    engine.functions._messageReceived = () => ({ drop: true });
    const response = await rest('POST', `/1.2/rtm/conversations/${cid}/messages`, {
      from_client: 'Tom',
      message: 'bad',
    });
    expect([response.status, response.body.code]).toEqual([403, 4402]);
  });

  it('[F-HOOK-03][F-MSG-39] changes the words: others get the new ones, and the sender is told', async () => {
    const cid = await pair();
    engine.functions._messageReceived = ({ content }) => ({
      content: String(content).replaceAll('damn', '****'),
      code: 7,
      detail: 'mind your language',
    });
    const ack = await say(tom, cid, 'damn cat');
    expect(await heard(jerry)).toEqual(['**** cat']);
    expect(await history(jerry, cid)).toEqual(['**** cat']);
    await tom.settled();
    const patches = tom.inbox.flatMap(({ patchMessage }) => patchMessage?.patches ?? []);
    expect(patches).toMatchObject([
      {
        mid: ack.ackMessage?.uid,
        data: '**** cat',
        patchCode: 7,
        patchReason: 'mind your language',
      },
    ]);
    tom.inbox.length = 0;
    await say(tom, cid, 'nice cat');
    await tom.settled();
    expect(tom.inbox.filter(({ cmd }) => cmd === CommandType.patch)).toEqual([]);
  });

  it('[F-HOOK-03] may cut within a character: what is left of it is shown as none', async () => {
    const cid = await pair();
    engine.functions._messageReceived = ({ content }) => ({
      content: String(content).slice(0, -1),
      code: 7,
      detail: '\ud83d',
    });
    await say(tom, cid, 'cat 😀');
    expect(await heard(jerry)).toEqual(['cat \ufffd']);
    const patch = await tom.push(CommandType.patch, OpType.modify);
    expect(patch.patchMessage?.patches).toMatchObject([{ data: 'cat \ufffd', patchReason: '\ufffd' }]);
    expect(await history(jerry, cid)).toEqual(['cat \ufffd']);
  });

  it('[F-HOOK-03] chooses who receives it; for the others it is in history, and unread for nobody else', async () => {
    const spike = await TestClient.open(parley, 'Spike');
    const cid = await startConversation(tom, { m: ['Tom', 'Jerry', 'Spike'] });
    engine.functions._messageReceived = () => ({ toPeers: ['Spike', 'a stranger'] });
    await say(tom, cid, 'for Spike');
    expect(await heard(spike)).toEqual(['for Spike']);
    expect(await heard(jerry)).toEqual([]);
    expect(await history(jerry, cid)).toEqual(['for Spike']);
    const unread = async (client: string) => {
      const states = await parley.store.memberStates.unread(1, client, 0, Date.now());
      return states.find(({ conversation }) => conversation.id === cid)?.count ?? 0;
    };
    expect([await unread('Jerry'), await unread('Spike')]).toEqual([0, 1]);
    const [sent] = await told('_messageSent');
    expect(sent).toMatchObject({ onlinePeers: ['Spike'], offlinePeers: [] });
    await spike.close();
  });

  it('[F-HOOK-03] may turn text into bytes and bytes into text', async () => {
    const cid = await pair();
    engine.functions._messageReceived = ({ bin }) =>
      bin === true ? { content: 'text', bin: false } : { content: 'AQI=', bin: true };
    await say(tom, cid, 'text');
    await tom.request({
      cmd: CommandType.direct,
      directMessage: { cid, binaryMsg: new Uint8Array([9]) },
    });
    await jerry.settled();
    const bodies = jerry.inbox.flatMap(({ directMessage }) =>
      directMessage === undefined ? [] : [directMessage.msg ?? [...(directMessage.binaryMsg ?? [])]],
    );
    expect(bodies).toEqual([[1, 2], 'text']);
  });

  it('[F-HOOK-03][F-SYS-07] is asked in chat rooms, temporary conversations and services too', async () => {
    const room = await startConversation(tom, { transient: true });
    await conv(jerry, OpType.add, { cid: room, m: ['Jerry'] });
    const temporary = await startConversation(tom, { m: ['Tom', 'Jerry'], tempConv: true });
    const created = await rest('POST', '/1.2/rtm/service-conversations', { name: 'desk' });
    const service = created.body.objectId ?? '';
    engine.calls = [];
    await say(tom, room, 'in the room');
    await say(tom, temporary, 'for a while');
    await say(tom, service, 'help');
    await rest('POST', `/1.2/rtm/service-conversations/${service}/messages`, {
      from_client: 'desk',
      to_clients: ['Tom', 'Jerry'],
      message: 'what is it',
    });
    await rest('POST', `/1.2/rtm/service-conversations/${service}/broadcasts`, {
      from_client: 'desk',
      message: 'to all',
    });
    const seen = called('_messageReceived').map(({ parameters: { convId, system, toPeers, fromPeer } }) => [
      convId,
      system,
      toPeers,
      fromPeer,
    ]);
    expect(seen).toEqual([
      [room, null, ['Jerry'], 'Tom'],
      [temporary, null, ['Jerry'], 'Tom'],
      [service, true, [], 'Tom'],
      [service, true, ['Tom', 'Jerry'], 'desk'],
      [service, true, [], 'desk'],
    ]);
    engine.functions._messageReceived = () => ({ toPeers: ['Jerry'] });
    await heard(tom);
    await rest('POST', `/1.2/rtm/service-conversations/${service}/messages`, {
      from_client: 'desk',
      to_clients: ['Tom', 'Jerry'],
      message: 'only Jerry',
    });
    expect(await heard(tom)).toEqual([]);
    expect(await history(tom, service)).toEqual(['help', 'what is it']);
    expect(await history(jerry, service)).toEqual(['what is it', 'only Jerry']);
  });

  it('[F-MSG-31] keeps the order of one sender in one conversation, however long each answer takes', async () => {
    const cid = await pair();
    const other = await startConversation(tom, { m: ['Tom', 'Jerry'], unique: false });
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    engine.functions._messageReceived = async ({ content }) => {
      if (content === 'first') await held;
    };
    const first = say(tom, cid, 'first');
    const second = say(tom, cid, 'second');
    await say(tom, other, 'elsewhere');
    expect(await heard(jerry)).toEqual(['elsewhere']);
    release();
    await Promise.all([first, second]);
    expect(await heard(jerry)).toEqual(['first', 'second']);
    expect(await history(tom, cid)).toEqual(['first', 'second']);
  });

  it('is asked about a will when it is set', async () => {
    const cid = await pair();
    engine.functions._messageReceived = () => ({ drop: true, code: 5 });
    expect((await say(tom, cid, 'bye', { will: true })).ackMessage).toMatchObject({ code: 4402, appCode: 5 });
  });

  it('[F-HOOK-01] and what follows are told the same of a will', async () => {
    const cid = await pair();
    const spike = await TestClient.open(parley, 'Spike');
    await conv(tom, OpType.add, { cid, m: ['Spike'] });
    await say(spike, cid, 'bye', { will: true, r: true });
    await spike.terminate();
    const [sent] = await told('_messageSent');
    expect(sent).toMatchObject({ fromPeer: 'Spike', receipt: true });
    expect(called('_messageReceived')[0]?.parameters).toMatchObject({ receipt: true });
  });

  it('[F-HOOK-01] is told the time that a transient message has', async () => {
    const cid = await pair();
    engine.functions._messageReceived = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return {};
    };
    const { t } = (await say(tom, cid, 'now', { transient: true })).ackMessage ?? {};
    expect(called('_messageReceived')[0]?.parameters.timestamp).toBe(t);
  });

  it('[F-HOOK-03] is told of receivers without the sender, also where a service speaks to that one, too', async () => {
    const created = await rest('POST', '/1.2/rtm/service-conversations', { name: 'desk' });
    const path = `/1.2/rtm/service-conversations/${created.body.objectId}/messages`;
    engine.functions._messageReceived = ({ toPeers }) => ({ toPeers: (toPeers as string[]).slice(0, 1) });
    await rest('POST', path, { from_client: 'Tom', to_clients: ['Jerry', 'Tom', 'Mary'], message: 'hi' });
    expect(called('_messageReceived')[0]?.parameters.toPeers).toEqual(['Jerry', 'Mary']);
    expect([await heard(tom), await heard(jerry)]).toEqual([['hi'], ['hi']]);
  });
});

describe('the hook of an edit', () => {
  const edit = (client: TestClient, cid: string, sent: GenericCommand, fields: object) =>
    client.request({
      cmd: CommandType.patch,
      op: OpType.modify,
      patchMessage: {
        patches: [{ cid, mid: sent.ackMessage?.uid ?? '', timestamp: sent.ackMessage?.t ?? 0, ...fields }],
      },
    });

  it('[F-HOOK-03] refuses, changes, and lets a recall be what it is', async () => {
    const cid = await pair();
    const sent = await say(tom, cid, 'original');
    engine.functions._messageUpdate = () => ({ drop: true, code: 9, detail: 'too late' });
    expect(refusal(await edit(tom, cid, sent, { data: 'x' }))).toMatchObject({
      code: 4405,
      appCode: 9,
      appMsg: 'too late',
    });
    expect(await history(tom, cid)).toEqual(['original']);
    engine.functions._messageUpdate = () => ({ content: 'as the app likes it' });
    expect((await edit(tom, cid, sent, { data: 'as Tom likes it' })).op).toBe(OpType.modified);
    expect(await history(tom, cid)).toEqual(['as the app likes it']);
    expect(called('_messageUpdate').at(-1)?.parameters).toMatchObject({
      fromPeer: 'Tom',
      convId: cid,
      msgId: sent.ackMessage?.uid,
      toPeers: ['Jerry'],
      bin: false,
      content: 'as Tom likes it',
      recall: false,
      system: null,
    });
    await edit(tom, cid, sent, { recall: true });
    expect(called('_messageUpdate').at(-1)?.parameters).toMatchObject({
      recall: true,
      content: '{"_lctype":-127}',
    });
    expect(await history(tom, cid)).toEqual(['{"_lctype":-127}']);
  });

  it('[F-HOOK-03][F-MSG-39] tells the author why the words are others than it wrote', async () => {
    const cid = await pair();
    const sent = await say(tom, cid, 'original');
    engine.functions._messageUpdate = () => ({ content: 'of the app', code: 7, detail: 'why' });
    tom.inbox.length = 0;
    await edit(tom, cid, sent, { data: 'of Tom' });
    const own = await tom.push(CommandType.patch);
    const reason = { patchCode: 7, patchReason: 'why' };
    expect(own.patchMessage?.patches).toMatchObject([{ data: 'of the app', ...reason }]);
    const others = await jerry.push(CommandType.patch);
    expect(others.patchMessage?.patches).toMatchObject([{ data: 'of the app' }]);
    engine.functions._messageUpdate = () => ({ content: 'as it is', code: 7 });
    await edit(tom, cid, sent, { data: 'as it is' });
    await edit(tom, cid, sent, { recall: true });
    await tom.settled();
    expect(tom.inbox.filter(({ cmd, i }) => cmd === CommandType.patch && i === undefined)).toEqual([]);
  });

  it('is not asked about what is no business of its author', async () => {
    const cid = await pair();
    const sent = await say(tom, cid, 'mine');
    expect(refusal(await edit(jerry, cid, sent, { data: 'ours' }))).toMatchObject({ code: 4403 });
    expect(called('_messageUpdate')).toEqual([]);
  });
});

describe('the hooks of a conversation', () => {
  const REJECTED = { code: 4305, reason: 'CONVERSATION_REJECTED_BY_APP', appCode: 222, appMsg: 'no' };

  it('[F-HOOK-04] refuse to create, and add attributes to what they let pass', async () => {
    engine.functions._conversationStart = () => ({ reject: true, code: 222, detail: 'no' });
    const attr = { data: '{"name":"two","kind":"x"}' };
    const refused = await conv(tom, OpType.start, { m: ['Tom', 'Jerry'], attr });
    expect(refused.errorMessage).toMatchObject(REJECTED);
    expect(called('_conversationStart')[0]?.parameters).toMatchObject({
      initBy: 'Tom',
      members: ['Tom', 'Jerry'],
      attr: { name: 'two', kind: 'x' },
    });
    engine.functions._conversationStart = () => ({ attr: { checked: true } });
    const cid = await pair({ attr });
    const [found] = await query(tom, where({ objectId: cid }));
    expect(found).toMatchObject({ name: 'two', kind: 'x', checked: true });
    expect(await told('_conversationStarted')).toMatchObject([{ convId: cid }]);
    expect(called('_conversationAdd')).toEqual([]);
  });

  it('[F-HOOK-04] are not asked where a unique conversation is there already', async () => {
    const members = { m: ['Tom', 'Jerry', 'Unique'], unique: true };
    const first = await startConversation(tom, members);
    engine.functions._conversationStart = () => ({ reject: true });
    const again = await conv(tom, OpType.start, members);
    expect(again.convMessage).toMatchObject({ cid: first, existing: true });
    expect(called('_conversationStart')).toHaveLength(1);
  });

  it('[F-HOOK-04][F-HOOK-05] refuse to add and to remove, and are not asked about a quit', async () => {
    const cid = await pair();
    engine.functions._conversationAdd = () => ({ reject: 1, code: 222, detail: 'no' });
    engine.functions._conversationRemove = () => ({ reject: 'yes', code: 222, detail: 'no' });
    const invited = await conv(tom, OpType.add, { cid, m: ['Jerry', 'Mary'] });
    expect(invited.errorMessage).toMatchObject(REJECTED);
    expect(called('_conversationAdd')[0]?.parameters).toMatchObject({
      initBy: 'Tom',
      members: ['Mary'],
      convId: cid,
    });
    expect((await conv(tom, OpType.remove, { cid, m: ['Jerry'] })).errorMessage).toMatchObject(REJECTED);
    expect((await conv(tom, OpType.add, { cid, m: ['Jerry'] })).op).toBe(OpType.added);
    expect(called('_conversationAdd')).toHaveLength(1);
    expect((await conv(jerry, OpType.remove, { cid, m: ['Jerry'] })).op).toBe(OpType.removed);
    expect(called('_conversationRemove')).toHaveLength(1);
    expect(await told('_conversationRemoved')).toMatchObject([
      { initBy: 'Jerry', members: ['Jerry'], convId: cid },
    ]);
    engine.functions = {};
    await conv(tom, OpType.add, { cid, m: ['Mary'] });
    expect(await told('_conversationAdded')).toMatchObject([
      { initBy: 'Tom', members: ['Mary'], convId: cid },
    ]);
  });

  it('[F-HOOK-04] are not asked where nobody can be added, nor about who may not invite any more', async () => {
    const cid = await pair();
    await parley.apps.changeSettings(parley.appId, { maxMembers: 2 });
    expect((await conv(tom, OpType.add, { cid, m: ['Mary'] })).errorMessage).toMatchObject({ code: 4304 });
    expect(called('_conversationAdd')).toEqual([]);
    await parley.apps.changeSettings(parley.appId, { maxMembers: null });
    engine.functions._conversationAdd = async () => {
      await rest('DELETE', `/1.2/rtm/conversations/${cid}/members`, { client_ids: ['Jerry'] });
      return {};
    };
    const late = await conv(jerry, OpType.add, { cid, m: ['Mary'] });
    expect(late.errorMessage).toMatchObject({ code: 4317 });
    expect((await query(tom, where({ objectId: cid })))[0]?.m).toEqual(['Tom']);
  });

  it('[F-HOOK-04] are not asked about muting a service by who has not subscribed', async () => {
    const created = await rest('POST', '/1.2/rtm/service-conversations', { name: 'desk' });
    const cid = created.body.objectId ?? '';
    expect((await conv(tom, OpType.mute, { cid })).errorMessage).toMatchObject({ code: 4309 });
    expect(called('_conversationUpdate')).toEqual([]);
  });

  it('[F-HOOK-04] are asked about chat rooms and services, and about REST without a name', async () => {
    const room = await startConversation(tom, { transient: true });
    const created = await rest('POST', '/1.2/rtm/service-conversations', { name: 'desk' });
    const service = created.body.objectId ?? '';
    engine.functions._conversationAdd = () => ({ reject: true, code: 222, detail: 'no' });
    for (const cid of [room, service]) {
      expect((await conv(jerry, OpType.add, { cid, m: ['Jerry'] })).errorMessage).toMatchObject(REJECTED);
    }
    const cid = await pair();
    const response = await rest('POST', `/1.2/rtm/conversations/${cid}/members`, { client_ids: ['Mary'] });
    expect([response.status, response.body.code]).toEqual([403, 4305]);
    expect(called('_conversationAdd').map(({ parameters }) => parameters.initBy)).toEqual([
      'Jerry',
      'Jerry',
      '',
    ]);
  });

  it('[F-HOOK-04] refuse and change an update, each only what was asked for', async () => {
    const cid = await pair();
    const update = (attr: object) => conv(tom, OpType.update, { cid, attr: { data: JSON.stringify(attr) } });
    engine.functions._conversationUpdate = () => ({ reject: true, code: 222, detail: 'no' });
    expect((await update({ name: 'x' })).errorMessage).toMatchObject(REJECTED);
    engine.functions._conversationUpdate = ({ attr, mute }) => {
      expect([attr === undefined, mute === undefined].filter(Boolean)).toHaveLength(1);
      return { attr: { name: 'of the app' }, mute: true };
    };
    await heard(jerry);
    await update({ name: 'of Tom' });
    const muted = async () => (await query(tom, where({ objectId: cid })))[0];
    expect(await muted()).toMatchObject({ name: 'of the app', muted: false });
    const told = jerry.inbox.find(({ op }) => op === OpType.updated);
    expect(JSON.parse(told?.convMessage?.attrModified?.data ?? '{}')).toEqual({ name: 'of the app' });
    await conv(tom, OpType.unmute, { cid });
    expect(await muted()).toMatchObject({ muted: true });
  });
});

describe('a refusal of a hook over REST', () => {
  it('[F-HOOK-03][F-HOOK-04] says as the error what the hook says, or its name where that is nothing', async () => {
    const cid = await pair();
    const sent = await say(tom, cid, 'original');
    const path = `/1.2/rtm/conversations/${cid}`;
    const edit = `${path}/messages/${sent.ackMessage?.uid}`;
    const asks: Readonly<Record<string, () => ReturnType<typeof rest>>> = {
      MESSAGE_REJECTED_BY_APP: () => rest('POST', `${path}/messages`, { from_client: 'Tom', message: 'x' }),
      MESSAGE_UPDATE_REJECTED_BY_APP: () =>
        rest('PUT', edit, { from_client: 'Tom', message: 'x', timestamp: sent.ackMessage?.t }),
      CONVERSATION_REJECTED_BY_APP: () => rest('POST', `${path}/members`, { client_ids: ['Mary'] }),
    };
    const refuse = (said: object) => () => ({ drop: true, reject: true, ...said });
    for (const [name, ask] of Object.entries(asks)) {
      for (const [said, error] of [
        [{ detail: 'not here', code: 5 }, 'not here'],
        [{ detail: 'not here' }, 'not here'],
        [{ detail: '' }, name],
        [{}, name],
      ] as const) {
        const hook = refuse(said);
        engine.functions = { _messageReceived: hook, _messageUpdate: hook, _conversationAdd: hook };
        expect([said, await ask()]).toMatchObject([said, { status: 403, body: { error } }]);
      }
    }
  });
});

describe('what a client causes', () => {
  it('[F-HOOK-09] comes with its address in the headers of every hook of a conversation', async () => {
    const cid = await pair();
    await conv(tom, OpType.add, { cid, m: ['Mary'] });
    await conv(tom, OpType.remove, { cid, m: ['Mary'] });
    await conv(tom, OpType.update, { cid, attr: { data: '{"name":"x"}' } });
    await conv(tom, OpType.mute, { cid });
    const desk = await rest('POST', '/1.2/rtm/service-conversations', { name: 'desk' });
    const room = await startConversation(jerry, { transient: true });
    for (const other of [desk.body.objectId ?? '', room]) {
      await conv(tom, OpType.add, { cid: other, m: ['Tom'] });
      await conv(tom, OpType.remove, { cid: other, m: ['Tom'] });
    }
    const expected = {
      _conversationStart: 3,
      _conversationStarted: 3,
      _conversationAdd: 3,
      _conversationAdded: 3,
      _conversationRemove: 1,
      _conversationRemoved: 3,
      _conversationUpdate: 2,
    };
    for (const [name, times] of Object.entries(expected)) {
      await told(name, times);
      for (const { headers, parameters } of called(name)) {
        expect([name, headers]).toMatchObject([
          name,
          { 'x-real-ip': '127.0.0.1', 'x-forwarded-for': '127.0.0.1' },
        ]);
        expect(Object.keys(parameters)).not.toContain('address');
      }
    }
  });
});

describe('attributes of a hook that a conversation cannot have', () => {
  const WRONG = [{ name: 7 }, { attr: 'text' }, { 'a..b': 1 }, { kind: { __op: 'Nonsense' } }];
  const attr = { data: '{"name":"of Tom","kind":"x"}' };

  it.each(WRONG)(
    '[F-HOOK-04][F-HOOK-02] %j are a failure of the hook, and not of the client',
    async (wrong) => {
      engine.functions._conversationStart = () => ({ attr: wrong });
      const cid = await pair({ attr, unique: false });
      engine.functions._conversationUpdate = () => ({ attr: wrong });
      const updated = await conv(tom, OpType.update, { cid, attr: { data: '{"name":"still of Tom"}' } });
      expect(updated.op).toBe(OpType.updated);
      const [found] = await query(tom, where({ objectId: cid }));
      expect(found).toMatchObject({ name: 'still of Tom', kind: 'x' });
    },
  );

  it('[F-HOOK-04][F-HOOK-02] refuse what it was asked about, where the app wants that', async () => {
    const cid = await pair({ attr, unique: false });
    await parley.apps.changeSettings(parley.appId, { abortOnHookFailure: true });
    const REFUSED = { code: 4305, appMsg: 'HOOK_CALL_FAILED' };
    try {
      engine.functions._conversationStart = () => ({ attr: { name: 7 } });
      expect((await conv(tom, OpType.start, { m: ['Mary'], attr })).errorMessage).toMatchObject(REFUSED);
      for (const wrong of [{ m: ['Mallory'] }, { kind: { __op: 'Increment', amount: 1 } }]) {
        engine.functions._conversationUpdate = () => ({ attr: wrong });
        expect((await conv(tom, OpType.update, { cid, attr })).errorMessage).toMatchObject(REFUSED);
      }
      // About something else they have no meaning.
      expect((await conv(tom, OpType.mute, { cid })).op).toBe(OpType.updated);
    } finally {
      await parley.apps.changeSettings(parley.appId, { abortOnHookFailure: null });
    }
  });
});

describe('the hooks of clients', () => {
  it('[F-HOOK-06][F-SESS-41] are told of logins, and of how each session ended', async () => {
    const phone = { deviceId: 'phone', tag: 'mobile' };
    const spike = await TestClient.open(parley, 'Spike', phone);
    expect((await told('_clientOnline'))[0]).toEqual({
      peerId: 'Spike',
      sourceIP: '127.0.0.1',
      reconnect: 0,
      __sign: expect.any(String),
    });
    const tablet = await TestClient.open(parley, 'Spike', { ...phone, deviceId: 'tablet' });
    expect((await told('_clientOnline', 2))[1]).toMatchObject({ peerId: 'Spike', tag: 'mobile' });
    await told('_clientOffline');
    await tablet.request({ cmd: CommandType.session, op: OpType.close });
    await told('_clientOffline', 2);
    const again = await TestClient.open(parley, 'Spike', { deviceId: 'lost' });
    again.socket.terminate();
    await told('_clientOffline', 3);
    const kicked = await TestClient.open(parley, 'Spike', { deviceId: 'kicked' });
    await rest('POST', '/1.2/rtm/clients/Spike/kick', { reason: 'out' });
    const ends = await told('_clientOffline', 4);
    expect(ends.map(({ closeCode, peerId }) => [peerId, closeCode])).toEqual([
      ['Spike', 3],
      ['Spike', 1],
      ['Spike', 2],
      ['Spike', 4],
    ]);
    expect(ends.map(({ sourceIP }) => sourceIP)).toEqual(['127.0.0.1', '127.0.0.1', undefined, '127.0.0.1']);
    await Promise.all([spike.close(), tablet.close(), kicked.close()]);
  });
});

describe('the hook of a sign-in', () => {
  it('[F-SESS-39] allows or refuses to sign the login of a user, and refuses where it fails', async () => {
    const user = await rest('POST', '/1.1/users', {
      username: 'tom@example.com',
      password: 'a long password',
    });
    const { sessionToken = '', objectId } = user.body as { sessionToken?: string; objectId?: string };
    const sign = () => rest('POST', '/1.1/rtm/sign', { session_token: sessionToken });
    engine.functions._rtmClientSign = () => ({ result: true });
    expect(await sign()).toMatchObject({ status: 200, body: { client_id: objectId } });
    expect(called('_rtmClientSign')[0]?.parameters).toEqual({
      objectId,
      username: 'tom@example.com',
      email: '',
      phone: '',
      emailVerified: false,
      mobilePhoneVerified: false,
      sessionToken,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
      __sign: expect.any(String),
    });
    engine.functions._rtmClientSign = () => ({ result: false, error: 'not today' });
    expect(await sign()).toMatchObject({
      status: 403,
      body: { code: 4102, error: 'not today', detail: 'not today' },
    });
    engine.functions._rtmClientSign = () => new Raw(500, '');
    expect(await sign()).toMatchObject({ status: 403, body: { code: 4102, error: 'HOOK_CALL_FAILED' } });
    await parley.apps.changeSettings(parley.appId, { signWhenHookFails: true });
    expect(await sign()).toMatchObject({ status: 200, body: { client_id: objectId } });
    engine.functions._rtmClientSign = () => ({ result: false });
    expect(await sign()).toMatchObject({
      status: 403,
      body: { code: 4102, error: 'SIGNATURE_FAILED', detail: 'The app refuses to sign.' },
    });
    await parley.apps.changeSettings(parley.appId, { signWhenHookFails: null });
  });

  it('[F-SESS-39] is not asked where the engine has none', async () => {
    const { engine: settings } = parley.apps.find(parley.appId)?.settings ?? {};
    const others = HOOKS.filter((name) => name !== '_rtmClientSign');
    await parley.apps.changeSettings(parley.appId, { engine: { ...settings, hooks: others } });
    engine.functions._rtmClientSign = () => ({ result: false });
    const user = await rest('POST', '/1.1/users', { username: 'spike', password: 'a long password' });
    const { sessionToken = '' } = user.body as { sessionToken?: string };
    const query = new URLSearchParams({ session_token: sessionToken });
    const signed = await fetch(`${parley.url}/1.2/rtm/clients/sign?${query}`, {
      headers: { 'x-lc-id': parley.appId, 'x-lc-key': parley.appKey },
    });
    expect(await signed.json()).toMatchObject({ client_id: user.body.objectId });
    expect(called('_rtmClientSign')).toEqual([]);
    await parley.apps.changeSettings(parley.appId, { engine: { ...settings, hooks: HOOKS } });
  });
});

describe('an engine that fails', () => {
  beforeAll(() => parley.apps.changeSettings(parley.appId, engine.settings({ timeoutMs: 1000 })));
  afterAll(() => parley.apps.changeSettings(parley.appId, engine.settings()));

  const fails: Readonly<Record<string, Handler>> = {
    'with an error': () => new Raw(500, '{"code":1,"error":"oops"}'),
    'with nonsense': () => new Raw(200, '<html>'),
    'with a redirect': () => new Raw(307, '', { location: `${engine.url}/1.1/functions/elsewhere` }),
    'with the wrong type of content': () => ({ content: 7 }),
    'with content that is no base64': () => ({ content: '%%%', bin: true }),
    'with a hundred thousand levels': () =>
      new Raw(200, `{"result":{"content":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}}`),
    'with ten megabytes': () => new Raw(200, JSON.stringify({ result: { content: 'x'.repeat(10_000_000) } })),
    'by never answering': () => new Promise(() => {}),
  };

  it.each(Object.keys(fails))('[F-HOOK-02] %s is ignored', async (how) => {
    const cid = await pair();
    engine.functions._messageReceived = fails[how] as Handler;
    engine.functions.elsewhere = () => ({ content: 'changed' });
    expect((await say(tom, cid, 'anyway')).ackMessage?.code).toBeUndefined();
    expect(await history(tom, cid)).toEqual(['anyway']);
  });

  it('[F-HOOK-02] refuses what it was asked about, where the app wants that', async () => {
    const cid = await pair();
    await parley.apps.changeSettings(parley.appId, { abortOnHookFailure: true });
    try {
      const failing = () => new Raw(500, '');
      engine.functions = { _messageReceived: failing, _conversationAdd: failing };
      expect((await say(tom, cid, 'no')).ackMessage).toMatchObject({
        code: 4402,
        appMsg: 'HOOK_CALL_FAILED',
      });
      const added = await conv(tom, OpType.add, { cid, m: ['Mary'] });
      expect(added.errorMessage).toMatchObject({ code: 4305, appMsg: 'HOOK_CALL_FAILED' });
      engine.functions = {};
      expect(await history(tom, cid)).toEqual([]);
    } finally {
      await parley.apps.changeSettings(parley.appId, { abortOnHookFailure: null });
    }
  });

  it('[F-HOOK-02] has nothing to say with anything that is no object', async () => {
    const cid = await pair();
    for (const nothing of ['ok', true, [], null, 7, new Raw(200, ''), new Raw(200, '{"content":"echo"}')]) {
      engine.functions._messageReceived = () => nothing;
      expect((await say(tom, cid, 'said')).ackMessage?.code).toBeUndefined();
    }
    expect(await history(tom, cid)).toEqual(Array.from({ length: 7 }, () => 'said'));
  });
});

describe('what hooks themselves ask over REST', () => {
  it('runs no hooks, and neither does REST where the app exempts it', async () => {
    const cid = await pair();
    const send = (headers = {}) =>
      rest(
        'POST',
        `/1.2/rtm/conversations/${cid}/messages`,
        { from_client: 'bot', message: 'beep' },
        headers,
      );
    engine.calls = [];
    await send({ 'x-lc-hook-key': 'hook-key' });
    await send({ 'x-lc-hook-key': 'wrong' });
    await told('_messageSent');
    expect(called('_messageReceived')).toHaveLength(1);
    await parley.apps.changeSettings(parley.appId, { hooksForRest: false });
    await send();
    await say(tom, cid, 'a client');
    await told('_messageSent', 2);
    expect(called('_messageReceived')).toHaveLength(2);
    await parley.apps.changeSettings(parley.appId, { hooksForRest: null });
  });
});
