import { CommandType, type GenericCommand, OpType } from '@parley/protocol';
import { FakeClock, openMemoryStore, type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine, type Parameters } from './fake-engine.ts';
import { conv, query, say, startConversation } from './flow.ts';

// The table of hooks-and-signatures §1.2: which operation, of whom, in which kind of conversation, calls which hooks
// with what. Each row names every call there is to be; one more or one less fails it.

/** One at a time, so that what comes last was called last. */
const IN_TURN = { maxInFlight: 1 };

let engine: FakeEngine;
let parley: Parley;
beforeAll(async () => {
  engine = await FakeEngine.start();
  parley = await startParley({ settings: engine.settings(IN_TURN) });
});
afterAll(async () => {
  await parley.close();
  await engine.close();
});

interface Scene {
  /** Online in what is prepared, with another device of nobody. */
  readonly tom: TestClient;
  readonly jerry: TestClient;
  /** Of whom a row says "somebody else". */
  readonly mary: TestClient;
  readonly cid: string;
  /** A message of Tom in it. */
  readonly sent: { readonly mid: string; readonly timestamp: number };
  readonly rest: (method: string, path: string, body?: object) => Promise<Parameters>;
}

type Kind = 'basic' | 'temporary' | 'chat-room' | 'service' | 'nothing';
type Expected = readonly (readonly [hook: string, parameters: object])[];

let clients: TestClient[] = [];
beforeEach(() => {
  clients = [];
});
afterEach(() => Promise.all(clients.map((client) => client.close())));

async function login(id: string, session = {}): Promise<TestClient> {
  const client = await TestClient.open(parley, id, session);
  clients.push(client);
  return client;
}

const keys = () => ({
  'content-type': 'application/json',
  'x-lc-id': parley.appId,
  'x-lc-key': `${parley.masterKey},master`,
});

function restWith(headers: Readonly<Record<string, string>>): Scene['rest'] {
  return async (method, path, body = {}) => {
    const response = await fetch(parley.url + path, {
      method,
      headers: { ...keys(), ...headers },
      ...(method !== 'GET' && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Parameters;
    expect([path, response.status < 300, answer]).toEqual([path, true, answer]);
    return answer;
  };
}

/** Tom and Jerry are there, Spike is away. */
async function prepare(kind: Kind, rest: Scene['rest']): Promise<Scene> {
  const [tom, jerry, mary] = [await login('Tom'), await login('Jerry'), await login('Mary')];
  const m = ['Tom', 'Jerry', 'Spike'];
  let cid = '';
  if (kind === 'basic') cid = await startConversation(tom, { m });
  if (kind === 'temporary') cid = await startConversation(tom, { m, tempConv: true });
  if (kind === 'chat-room') {
    cid = await startConversation(tom, { transient: true });
    await conv(jerry, OpType.add, { cid, m: ['Jerry'] });
  }
  if (kind === 'service') {
    const created = await restWith({})('POST', '/1.2/rtm/service-conversations', { name: 'desk' });
    cid = String(created.objectId);
    await conv(tom, OpType.add, { cid, m: ['Tom'] });
  }
  const { ackMessage } = kind === 'nothing' ? {} : await say(tom, cid, 'original');
  const sent = { mid: ackMessage?.uid ?? '', timestamp: ackMessage?.t ?? 0 };
  await quiet();
  return { tom, jerry, mary, cid, sent, rest };
}

/** What was called since the last time, once nothing more is on its way. */
async function quiet(): Promise<Expected> {
  const witness = await TestClient.open(parley, 'Witness');
  const cid = await startConversation(witness, { m: ['Witness'] });
  await say(witness, cid, 'silence', { transient: true });
  await expect
    .poll(() =>
      engine.calls.some(({ name, parameters }) => name === '_messageSent' && parameters.convId === cid),
    )
    .toBe(true);
  await witness.close();
  const ofWitness = ({ fromPeer, initBy, convId, peerId, members }: Parameters) =>
    [fromPeer, initBy, peerId].includes('Witness') || convId === cid || String(members) === 'Witness';
  const calls = engine.calls.filter(({ parameters }) => !ofWitness(parameters));
  // The witness goes after it has said its word.
  await expect
    .poll(() =>
      engine.calls.some(
        ({ name, parameters }) => name === '_clientOffline' && parameters.peerId === 'Witness',
      ),
    )
    .toBe(true);
  engine.calls = [];
  return calls.map(({ name, parameters }) => {
    expect(parameters.__sign).toMatch(/^\d{13},[0-9a-f]{40}$/);
    const { __sign, ...documented } = parameters;
    return [name, documented] as const;
  });
}

const TIME = expect.any(Number);
const ID = expect.any(String);
const IP = '127.0.0.1';
const SPECIAL = { service: true } as Readonly<Record<string, true>>;

/** The parameters of each hook, complete: the keys of a row on top of what is always there. */
const received = (kind: Kind, convId: string, changes: object = {}) =>
  [
    '_messageReceived',
    {
      fromPeer: 'Tom',
      receipt: false,
      groupId: null,
      system: SPECIAL[kind] ?? null,
      content: 'hello',
      convId,
      toPeers: [],
      bin: false,
      transient: false,
      sourceIP: IP,
      timestamp: TIME,
      ...changes,
    },
  ] as const;
const sentHook = (kind: Kind, convId: string, changes: object = {}) =>
  [
    '_messageSent',
    {
      fromPeer: 'Tom',
      convId,
      msgId: ID,
      onlinePeers: [],
      offlinePeers: [],
      transient: false,
      bin: false,
      receipt: false,
      content: 'hello',
      timestamp: TIME,
      sourceIP: IP,
      ...(kind === 'service' && { system: true }),
      ...changes,
    },
  ] as const;
const offline = (convId: string, changes: object = {}) =>
  [
    '_receiversOffline',
    {
      fromPeer: 'Tom',
      convId,
      offlinePeers: ['Spike'],
      content: 'hello',
      timestamp: TIME,
      mentionAll: false,
      mentionOfflinePeers: [],
      ...changes,
    },
  ] as const;
const update = (kind: Kind, { cid, sent }: Scene, changes: object = {}) =>
  [
    '_messageUpdate',
    {
      fromPeer: 'Tom',
      convId: cid,
      msgId: sent.mid,
      toPeers: [],
      bin: false,
      content: 'changed',
      timestamp: TIME,
      sourceIP: IP,
      recall: false,
      system: SPECIAL[kind] ?? null,
      ...changes,
    },
  ] as const;
const start = (members: readonly string[], initBy = 'Tom', attr: object = {}) =>
  ['_conversationStart', { initBy, members, attr }] as const;
const started = ['_conversationStarted', { convId: ID }] as const;
const change = (hook: string, { cid }: Scene, initBy: string, members: readonly string[]) =>
  [`_conversation${hook}`, { initBy, members, convId: cid }] as const;
const both = (hook: 'Add' | 'Remove', scene: Scene, initBy: string, members: readonly string[]): Expected => [
  change(hook, scene, initBy, members),
  change(hook === 'Add' ? 'Added' : 'Removed', scene, initBy, members),
];
const online = (changes: object = {}) =>
  ['_clientOnline', { peerId: 'Spike', sourceIP: IP, reconnect: 0, ...changes }] as const;
const gone = (closeCode: number, changes: object = {}) =>
  ['_clientOffline', { peerId: 'Spike', closeCode, closeMsg: ID, ...changes }] as const;

const patch = (client: TestClient, { cid, sent }: Scene, fields: object): Promise<GenericCommand> =>
  client.request({
    cmd: CommandType.patch,
    op: OpType.modify,
    patchMessage: { patches: [{ cid, mid: sent.mid, timestamp: sent.timestamp, ...fields }] },
  });
const to = (kind: Kind) => (kind === 'service' ? [] : kind === 'chat-room' ? ['Jerry'] : ['Jerry', 'Spike']);
const seen = (kind: Kind) =>
  kind === 'service'
    ? {}
    : kind === 'chat-room'
      ? { onlinePeers: ['Jerry'] }
      : { onlinePeers: ['Jerry'], offlinePeers: ['Spike'] };
const pushed = (kind: Kind, cid: string) => (kind === 'basic' || kind === 'temporary' ? [offline(cid)] : []);

interface Row {
  readonly what: string;
  readonly kinds: readonly Kind[];
  readonly act: (scene: Scene, kind: Kind) => Promise<unknown>;
  readonly calls: (scene: Scene, kind: Kind) => Expected;
}

const NONE = () => [];
const ALL: readonly Kind[] = ['basic', 'temporary', 'chat-room', 'service'];

const OF_CLIENTS: readonly Row[] = [
  {
    what: 'send',
    kinds: ALL,
    act: ({ tom, cid }) => say(tom, cid, 'hello'),
    calls: ({ cid }, kind) => [
      received(kind, cid, { toPeers: to(kind) }),
      sentHook(kind, cid, seen(kind)),
      ...pushed(kind, cid),
    ],
  },
  {
    what: 'send bytes, with a receipt and a mention of somebody who is away',
    kinds: ['basic'],
    act: ({ tom, cid }) =>
      tom.request({
        cmd: CommandType.direct,
        directMessage: { cid, binaryMsg: new Uint8Array([1, 2]), r: true, mentionPids: ['Spike', 'Jerry'] },
      }),
    calls: ({ cid }) => [
      received('basic', cid, { toPeers: ['Jerry', 'Spike'], content: 'AQI=', bin: true, receipt: true }),
      sentHook('basic', cid, { ...seen('basic'), content: 'AQI=', bin: true, receipt: true }),
      offline(cid, { content: 'AQI=', mentionOfflinePeers: ['Spike'] }),
    ],
  },
  {
    what: 'send with a mention of everybody',
    kinds: ['basic'],
    act: ({ tom, cid }) => say(tom, cid, 'hello', { mentionAll: true, mentionPids: ['Spike'] }),
    calls: ({ cid }) => [
      received('basic', cid, { toPeers: ['Jerry', 'Spike'] }),
      sentHook('basic', cid, seen('basic')),
      offline(cid, { mentionAll: true }),
    ],
  },
  {
    what: 'send for the moment',
    kinds: ALL,
    act: ({ tom, cid }) => say(tom, cid, 'hello', { transient: true }),
    calls: ({ cid }, kind) => [
      received(kind, cid, { toPeers: to(kind), transient: true }),
      sentHook(kind, cid, { ...seen(kind), transient: true }),
    ],
  },
  {
    what: 'set a last will',
    kinds: ['basic', 'temporary', 'chat-room'],
    act: ({ tom, cid }) => say(tom, cid, 'hello', { will: true }),
    calls: ({ cid }, kind) => [received(kind, cid, { toPeers: to(kind), transient: true })],
  },
  {
    what: 'die with a last will',
    kinds: ['basic', 'temporary', 'chat-room'],
    async act({ tom, cid, jerry }) {
      await say(tom, cid, 'hello', { will: true });
      tom.socket.terminate();
      await jerry.next(({ cmd }) => cmd === CommandType.direct);
    },
    calls: ({ cid }, kind) => [
      received(kind, cid, { toPeers: to(kind), transient: true }),
      gone(2, { peerId: 'Tom' }),
      sentHook(kind, cid, { ...seen(kind), transient: true }),
    ],
  },
  {
    what: 'edit',
    kinds: ALL,
    act: (scene) => patch(scene.tom, scene, { data: 'changed' }),
    calls: (scene, kind) => [update(kind, scene, { toPeers: to(kind) })],
  },
  {
    what: 'recall',
    kinds: ALL,
    act: (scene) => patch(scene.tom, scene, { recall: true }),
    calls: (scene, kind) => [
      update(kind, scene, { toPeers: to(kind), recall: true, content: '{"_lctype":-127}' }),
    ],
  },
  {
    what: 'create a group',
    kinds: ['nothing'],
    act: ({ tom }) =>
      conv(tom, OpType.start, { m: ['Tom', 'Jerry'], attr: { data: '{"name":"two","tag":1}' } }),
    calls: () => [start(['Tom', 'Jerry'], 'Tom', { name: 'two', tag: 1 }), started],
  },
  {
    what: 'create a temporary conversation',
    kinds: ['nothing'],
    act: ({ tom }) => conv(tom, OpType.start, { m: ['Tom', 'Jerry'], tempConv: true }),
    calls: () => [
      start(['Tom', 'Jerry']),
      ['_conversationStarted', { convId: expect.stringMatching(/^_tmp:/) }],
    ],
  },
  {
    what: 'create a chat room',
    kinds: ['nothing'],
    act: ({ tom }) => conv(tom, OpType.start, { m: ['Tom'], transient: true }),
    calls: () => [start(['Tom']), started],
  },
  {
    what: 'create a unique conversation, twice',
    kinds: ['nothing'],
    async act({ tom }) {
      for (let time = 0; time < 2; time++) await conv(tom, OpType.start, { m: ['Tom', 'Uma'], unique: true });
    },
    calls: () => [start(['Tom', 'Uma']), started],
  },
  {
    what: 'join, twice',
    kinds: ['basic', 'chat-room', 'service'],
    async act({ mary, cid }) {
      for (let time = 0; time < 2; time++) await conv(mary, OpType.add, { cid, m: ['Mary'] });
    },
    calls: (scene) => both('Add', scene, 'Mary', ['Mary']),
  },
  {
    what: 'invite, a member among others',
    kinds: ['basic'],
    act: ({ tom, cid }) => conv(tom, OpType.add, { cid, m: ['Jerry', 'Mary', 'Uma'] }),
    calls: (scene) => both('Add', scene, 'Tom', ['Mary', 'Uma']),
  },
  {
    what: 'put out, a stranger among others',
    kinds: ['basic'],
    act: ({ tom, cid }) => conv(tom, OpType.remove, { cid, m: ['Jerry', 'Uma'] }),
    calls: (scene) => both('Remove', scene, 'Tom', ['Jerry']),
  },
  {
    what: 'quit, twice',
    kinds: ['basic', 'chat-room'],
    async act({ jerry, cid }) {
      for (let time = 0; time < 2; time++) await conv(jerry, OpType.remove, { cid, m: ['Jerry'] });
    },
    calls: (scene) => [change('Removed', scene, 'Jerry', ['Jerry'])],
  },
  {
    what: 'unsubscribe, twice',
    kinds: ['service'],
    async act({ tom, cid }) {
      for (let time = 0; time < 2; time++) await conv(tom, OpType.remove, { cid, m: ['Tom'] });
    },
    calls: (scene) => [change('Removed', scene, 'Tom', ['Tom'])],
  },
  {
    what: 'be lost, and return to the room',
    kinds: ['chat-room'],
    async act({ jerry, cid, tom }) {
      jerry.socket.terminate();
      await engine.told('_clientOffline');
      const device = { deviceId: 'back', r: true };
      const again = await login('Jerry', device);
      await conv(again, OpType.add, { cid, m: ['Jerry'] });
      again.socket.terminate();
      await engine.told('_clientOffline', 2);
      await login('Jerry', device);
      const { convMessage } = await conv(tom, OpType.count, { cid });
      expect(convMessage?.count).toBe(2);
    },
    calls: (scene) => [
      gone(2, { peerId: 'Jerry' }),
      online({ peerId: 'Jerry', reconnect: 1 }),
      ...both('Add', scene, 'Jerry', ['Jerry']),
      gone(2, { peerId: 'Jerry' }),
      online({ peerId: 'Jerry', reconnect: 1 }),
    ],
  },
  {
    what: 'change name and attributes',
    kinds: ['basic', 'chat-room'],
    act: ({ tom, cid }) => conv(tom, OpType.update, { cid, attr: { data: '{"name":"new","type":"x"}' } }),
    calls: ({ cid }) => [
      ['_conversationUpdate', { initBy: 'Tom', convId: cid, attr: { name: 'new', type: 'x' } }],
    ],
  },
  {
    what: 'mute and unmute',
    kinds: ['basic', 'chat-room', 'service'],
    async act({ tom, cid }) {
      await conv(tom, OpType.mute, { cid });
      await conv(tom, OpType.unmute, { cid });
    },
    calls: ({ cid }) => [
      ['_conversationUpdate', { initBy: 'Tom', convId: cid, mute: true }],
      ['_conversationUpdate', { initBy: 'Tom', convId: cid, mute: false }],
    ],
  },
  {
    what: 'give a role, silence, read, query and look at history',
    kinds: ['basic'],
    async act({ tom, cid, sent }) {
      const role = { cid, targetClientId: 'Jerry', info: { pid: 'Jerry', role: 'Manager' } };
      await conv(tom, OpType.member_info_update, role);
      await conv(tom, OpType.add_shutup, { cid, m: ['Spike'] });
      await tom.request({ cmd: CommandType.logs, logsMessage: { cid, limit: 10 } });
      tom.send({
        cmd: CommandType.read,
        readMessage: { convs: [{ cid, mid: sent.mid, timestamp: sent.timestamp }] },
      });
      await query(tom, { where: { data: '{}' } });
    },
    calls: NONE,
  },
  {
    what: 'keep somebody out',
    kinds: ['basic', 'chat-room'],
    async act({ tom, cid }) {
      const op = OpType.block;
      const blacklistMessage = { srcCid: cid, toPids: ['Jerry'] };
      await tom.request({ cmd: CommandType.blacklist, op, blacklistMessage });
    },
    // A member that is kept out has left, which whoever keeps a list of members wants to know.
    calls: (scene, kind) => (kind === 'basic' ? [change('Removed', scene, 'Tom', ['Jerry'])] : []),
  },
  {
    what: 'be refused before any hook: a stranger speaks, edits, and puts out',
    kinds: ['basic'],
    async act(scene) {
      const { mary, cid } = scene;
      expect((await say(mary, cid, 'hello')).ackMessage?.code).toBe(4401);
      expect((await patch(mary, scene, { data: 'x' })).errorMessage?.code).toBe(4403);
      expect((await conv(mary, OpType.remove, { cid, m: ['Jerry'] })).errorMessage).toBeDefined();
    },
    calls: NONE,
  },
  {
    what: 'log in and out',
    kinds: ['nothing'],
    async act() {
      const spike = await login('Spike', { tag: 'default' });
      await spike.request({ cmd: CommandType.session, op: OpType.close });
    },
    calls: () => [online(), gone(1, { sourceIP: IP })],
  },
  {
    what: 'log in twice, with the same tag',
    kinds: ['nothing'],
    async act() {
      await login('Spike', { tag: 'phone', deviceId: 'one' });
      await login('Spike', { tag: 'phone', deviceId: 'two' });
    },
    calls: () => [online(), gone(3, { sourceIP: IP, tag: 'phone' }), online({ tag: 'phone' })],
  },
  {
    what: 'come back on another connection before the first is known to be lost',
    kinds: ['nothing'],
    async act() {
      await login('Spike', { tag: 'phone', deviceId: 'one' });
      await login('Spike', { tag: 'phone', deviceId: 'one', r: true });
    },
    calls: () => [online(), gone(2, { tag: 'phone' }), online({ reconnect: 1 })],
  },
  {
    what: 'send what is no command',
    kinds: ['nothing'],
    async act() {
      const spike = await login('Spike');
      spike.sendBytes(new Uint8Array([255, 255, 255]));
      await spike.closed;
    },
    calls: () => [online(), gone(2, { errorCode: 4114, errorMsg: 'UNPARSEABLE_RAW_MSG' })],
  },
  {
    what: 'send what is too long',
    kinds: ['nothing'],
    async act() {
      const spike = await login('Spike');
      spike.sendBytes(new Uint8Array(200 * 1024));
      await spike.closed;
    },
    calls: () => [online(), gone(2, { errorCode: 4109, errorMsg: 'FRAME_TOO_LONG' })],
  },
];

const PATHS: Readonly<Record<Kind, string>> = {
  basic: '/1.2/rtm/conversations',
  temporary: '/1.2/rtm/conversations',
  'chat-room': '/1.2/rtm/chatrooms',
  service: '/1.2/rtm/service-conversations',
  nothing: '',
};
const at = (kind: Kind, { cid }: Scene) => `${PATHS[kind]}/${cid}`;
const from = (extra: object = {}) => ({ from_client: 'Tom', message: 'hello', ...extra });

const OF_SERVERS: readonly Row[] = [
  {
    what: 'send',
    kinds: ['basic', 'chat-room'],
    act: (scene, kind) => scene.rest('POST', `${at(kind, scene)}/messages`, from()),
    calls: ({ cid }, kind) => [
      received(kind, cid, { toPeers: to(kind) }),
      sentHook(kind, cid, seen(kind)),
      ...pushed(kind, cid),
    ],
  },
  {
    what: 'send for the moment',
    kinds: ['basic', 'chat-room'],
    act: (scene, kind) => scene.rest('POST', `${at(kind, scene)}/messages`, from({ transient: true })),
    calls: ({ cid }, kind) => [
      received(kind, cid, { toPeers: to(kind), transient: true }),
      sentHook(kind, cid, { ...seen(kind), transient: true }),
    ],
  },
  {
    what: 'send over version 1.1',
    kinds: ['temporary'],
    act: ({ rest, cid }) =>
      rest('POST', '/1.1/rtm/messages', {
        from_peer: 'Tom',
        conv_id: cid,
        message: 'hello',
        transient: false,
      }),
    calls: ({ cid }, kind) => [
      received(kind, cid, { toPeers: to(kind) }),
      sentHook(kind, cid, seen(kind)),
      ...pushed(kind, cid),
    ],
  },
  {
    what: 'send to chosen users',
    kinds: ['service'],
    act: (scene, kind) =>
      scene.rest('POST', `${at(kind, scene)}/messages`, from({ to_clients: ['Jerry', 'Spike'] })),
    calls: ({ cid }, kind) => [
      received(kind, cid, { toPeers: ['Jerry', 'Spike'] }),
      sentHook(kind, cid, { onlinePeers: ['Jerry'], offlinePeers: ['Spike'] }),
      offline(cid),
    ],
  },
  {
    what: 'send to all subscribers',
    kinds: ['service'],
    act: (scene, kind) => scene.rest('POST', `${at(kind, scene)}/broadcasts`, from()),
    calls: ({ cid }, kind) => [received(kind, cid), sentHook(kind, cid)],
  },
  {
    what: 'send to everybody',
    kinds: ['service'],
    act: ({ rest, cid }) => rest('POST', '/1.2/rtm/broadcasts', from({ conv_id: cid })),
    calls: ({ cid }, kind) => [received(kind, cid), sentHook(kind, cid)],
  },
  {
    what: 'edit and recall',
    kinds: ['basic', 'chat-room'],
    async act(scene, kind) {
      const path = `${at(kind, scene)}/messages/${scene.sent.mid}`;
      const which = { from_client: 'Tom', timestamp: scene.sent.timestamp };
      await scene.rest('PUT', path, { ...which, message: 'changed' });
      await scene.rest('PUT', `${path}/recall`, which);
    },
    calls: (scene, kind) => [
      update(kind, scene, { toPeers: to(kind) }),
      update(kind, scene, { toPeers: to(kind), recall: true, content: '{"_lctype":-127}' }),
    ],
  },
  {
    what: 'edit what was said to chosen users',
    kinds: ['service'],
    async act(scene, kind) {
      const clients = { to_clients: ['Jerry', 'Spike'] };
      const said = await restWith({ 'x-lc-hook-key': 'hook-key' })(
        'POST',
        `${at(kind, scene)}/messages`,
        from(clients),
      );
      const { 'msg-id': mid, timestamp } = (said.result ?? said) as Parameters;
      const path = `${at(kind, scene)}/messages/${mid}`;
      await scene.rest('PUT', path, { from_client: 'Tom', timestamp, message: 'changed', ...clients });
    },
    calls: (scene, kind) => [update(kind, scene, { msgId: ID, toPeers: ['Jerry', 'Spike'] })],
  },
  {
    what: 'create a group',
    kinds: ['nothing'],
    act: ({ rest }) => rest('POST', '/1.2/rtm/conversations', { name: 'made', m: ['Tom', 'Jerry'] }),
    calls: () => [start(['Tom', 'Jerry'], '', { name: 'made' }), started],
  },
  {
    what: 'create a group for somebody',
    kinds: ['nothing'],
    act: ({ rest }) => rest('POST', '/1.2/rtm/conversations', { m: ['Tom', 'Jerry'], c: 'Tom' }),
    calls: () => [start(['Tom', 'Jerry']), started],
  },
  {
    what: 'create a chat room',
    kinds: ['nothing'],
    act: ({ rest }) => rest('POST', '/1.2/rtm/chatrooms', { name: 'made' }),
    calls: () => [start([], '', { name: 'made' }), started],
  },
  {
    what: 'create a service',
    kinds: ['nothing'],
    act: ({ rest }) => rest('POST', '/1.2/rtm/service-conversations', { name: 'made' }),
    calls: () => [start([], '', { name: 'made' }), started],
  },
  {
    what: 'add and remove members',
    kinds: ['basic'],
    async act(scene, kind) {
      await scene.rest('POST', `${at(kind, scene)}/members`, { client_ids: ['Mary'] });
      await scene.rest('DELETE', `${at(kind, scene)}/members`, { client_ids: ['Mary'] });
    },
    calls: (scene) => [...both('Add', scene, '', ['Mary']), ...both('Remove', scene, '', ['Mary'])],
  },
  {
    what: 'subscribe and unsubscribe somebody, twice',
    kinds: ['service'],
    async act(scene, kind) {
      const path = `${at(kind, scene)}/subscribers`;
      for (let time = 0; time < 2; time++) await scene.rest('POST', path, { client_id: 'Mary' });
      for (let time = 0; time < 2; time++) await scene.rest('DELETE', `${path}/Mary`);
    },
    calls: (scene) => [...both('Add', scene, 'Mary', ['Mary']), change('Removed', scene, 'Mary', ['Mary'])],
  },
  {
    what: 'change a name',
    kinds: ['basic', 'chat-room', 'service'],
    act: (scene, kind) => scene.rest('PUT', at(kind, scene), { name: 'new' }),
    calls: ({ cid }) => [['_conversationUpdate', { initBy: '', convId: cid, attr: { name: 'new' } }]],
  },
  {
    what: 'mute for members, silence, and read history',
    kinds: ['basic'],
    async act(scene, kind) {
      await scene.rest('POST', `${at(kind, scene)}/mutes`, { client_ids: ['Jerry'] });
      await scene.rest('POST', `${at(kind, scene)}/permanent-silenceds`, { client_ids: ['Jerry'] });
      await scene.rest('GET', `${at(kind, scene)}/messages`);
    },
    calls: NONE,
  },
  {
    what: 'keep somebody out',
    kinds: ['basic'],
    act: (scene, kind) => scene.rest('POST', `${at(kind, scene)}/blacklists`, { client_ids: ['Jerry'] }),
    calls: (scene) => [change('Removed', scene, '', ['Jerry'])],
  },
  {
    what: 'write to the class of conversations',
    kinds: ['basic'],
    async act({ rest, cid }) {
      await rest('POST', '/1.1/classes/_Conversation', { name: 'raw', m: ['Tom'] });
      await rest('PUT', `/1.1/classes/_Conversation/${cid}`, { name: 'raw' });
    },
    calls: NONE,
  },
  {
    what: 'send a client away',
    kinds: ['nothing'],
    async act({ rest }) {
      const spike = await restless();
      await rest('POST', '/1.2/rtm/clients/Spike/kick', { reason: 'out' });
      await spike.next(({ op }) => op === OpType.closed);
    },
    calls: () => [gone(4, { sourceIP: IP })],
  },
];

/** Spike, whose coming nobody is to look at. */
async function restless(): Promise<TestClient> {
  const spike = await login('Spike');
  await quiet();
  return spike;
}

const cases = (rows: readonly Row[]) =>
  rows.flatMap((row) => row.kinds.map((kind) => ({ ...row, kind, name: `${row.what} (${kind})` })));

/** Blocking hooks have an order; who is told afterwards is told in whatever order. */
function inOrder(calls: Expected): Expected {
  const isTold = ([hook]: Expected[number]) => /(Sent|Started|Added|Removed|Online|Offline)$/.test(hook);
  const told = calls.filter(isTold).sort(([a], [b]) => a.localeCompare(b));
  return [...calls.filter((call) => !isTold(call)), ...told];
}

describe('what a client does calls the hooks of the table', () => {
  it.each(cases(OF_CLIENTS))('[F-HOOK-09] $name', async ({ kind, act, calls }) => {
    const scene = await prepare(kind, restWith({}));
    await act(scene, kind);
    const expected = calls(scene, kind);
    await expect.poll(() => engine.calls.length).toBeGreaterThanOrEqual(expected.length);
    expect(inOrder(await quiet())).toEqual(inOrder(expected));
  });
});

describe('what the app’s server does calls the hooks of the table', () => {
  it.each(cases(OF_SERVERS))('[F-HOOK-09] $name', async ({ kind, act, calls }) => {
    const scene = await prepare(kind, restWith({}));
    await act(scene, kind);
    const expected = calls(scene, kind);
    await expect.poll(() => engine.calls.length).toBeGreaterThanOrEqual(expected.length);
    expect(inOrder(await quiet())).toEqual(inOrder(expected));
  });

  it.each(cases(OF_SERVERS))('[F-HOOK-09] but none where a hook does it: $name', async ({ kind, act }) => {
    const scene = await prepare(kind, restWith({ 'x-lc-hook-key': 'hook-key' }));
    await act(scene, kind);
    expect(await quiet()).toEqual([]);
  });

  it.each(cases(OF_SERVERS))(
    '[F-HOOK-09] nor where the app exempts its servers: $name',
    async ({ kind, act }) => {
      const scene = await prepare(kind, restWith({}));
      await parley.apps.changeSettings(parley.appId, { hooksForRest: false });
      try {
        await act(scene, kind);
        expect(await quiet()).toEqual([]);
      } finally {
        await parley.apps.changeSettings(parley.appId, { hooksForRest: null });
      }
    },
  );
});

describe('a connection that the server ends is told with the reason', () => {
  const told = (errors: object) =>
    expect
      .poll(() => engine.called('_clientOffline').map(({ parameters }) => parameters))
      .toContainEqual(expect.objectContaining({ peerId: 'Nibbles', closeCode: 2, ...errors }));

  it('[F-HOOK-09] when the client was silent for too long', async () => {
    const clock = new FakeClock();
    const own = await startParley({ clock, settings: engine.settings() });
    const nibbles = await TestClient.open(own, 'Nibbles');
    await expect
      .poll(() => {
        clock.advance(60_000);
        return own.app.gateway.stats().connections;
      })
      .toBe(0);
    expect((await nibbles.closed).code).toBe(4107);
    await told({ errorCode: 4107, errorMsg: 'READ_TIMEOUT' });
    await own.close();
  });

  it('[F-HOOK-09] when the server failed', async () => {
    const store = await openMemoryStore();
    const unread = () => Promise.reject(new Error('disk I/O error'));
    const own = await startParley({
      store: { ...store, memberStates: { ...store.memberStates, unread } },
      settings: engine.settings(),
    });
    const nibbles = await TestClient.connect(own.wsUrl);
    await nibbles.login(own.appId, 'Nibbles');
    expect((await nibbles.closed).code).toBe(4200);
    await told({ errorCode: 4200, errorMsg: 'INTERNAL_ERROR' });
    await own.close();
  });
});
