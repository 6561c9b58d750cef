import { CommandType, OpType } from '@parley/protocol';
import { TestClient } from '@parley/testkit';
import { conv } from '../flow.ts';
import { knownAt, type Script } from './example.ts';

const CLIENTS = '/1.2/rtm/clients';
const text = (words: string) => JSON.stringify({ _lctype: -1, _lctext: words });
const gate = {
  'msg-id': '<message boarding>',
  timestamp: '<time boarding>',
  'conv-id': '<id flight>00000000',
  to: '<id flight>',
  from: 'alice',
  data: text('Gate B12'),
  'is-conv': true,
  'is-room': false,
  bin: false,
};
const signature = {
  nonce: '<text>',
  timestamp: '<time>',
  client_id: '<id nora>',
  signature: '<hex40>',
};

/** Clients, the whole app, and what SDKs call by themselves (`rest §5.2`, `§5.3`, `§6`). */
export const clients: Script = [
  {
    scene: 'Alice is online, and in a conversation with Bob, who is not',
    async play(stage) {
      for (const name of ['bob', 'alice']) {
        const device = await TestClient.connect(stage.parley.wsUrl);
        stage.devices.set(name, device);
        const opened = await device.login(stage.parley.appId, name);
        stage.known.set(`<text session of ${name}>`, opened.sessionMessage?.st ?? '');
        stage.known.set(`<time ${name} came>`, opened.serverTs ?? 0);
      }
      await stage.devices.get('bob')?.terminate();
    },
  },
  {
    at: '§3.1',
    send: 'POST /1.2/rtm/conversations',
    body: { m: ['alice', 'bob'] },
    status: 201,
    answer: { objectId: '<id flight>', m: ['alice', 'bob'], createdAt: '<date>', updatedAt: '<date>' },
  },
  {
    at: '§3.11',
    send: 'POST /1.2/rtm/conversations/<id flight>/messages',
    body: { from_client: 'alice', message: text('Gate B12') },
    answer: {
      result: { 'msg-id': '<message boarding>', timestamp: '<time boarding>' },
      'msg-id': '<message boarding>',
      timestamp: '<time boarding>',
    },
  },
  {
    at: '§5.2.1',
    send: `POST ${CLIENTS}/check-online`,
    body: { client_ids: ['alice', 'bob'] },
    answer: { results: ['alice'] },
  },
  {
    at: '§8.13',
    send: 'POST /1.1/rtm/online',
    body: { peers: ['alice', 'bob'] },
    answer: { results: ['alice'] },
  },
  {
    at: '§5.2.2',
    send: `GET ${CLIENTS}/bob/unread-count`,
    query: { conv_id: '<id flight>' },
    as: 'app',
    answer: { count: 1 },
  },
  { at: '§8.7', send: 'GET /1.1/rtm/messages/unread/bob', as: 'app', answer: { count: 1 } },
  {
    at: '§8.7',
    send: 'GET /1.1/rtm/messages/unread/bob/<id flight>',
    as: 'app',
    answer: { count: 1 },
  },
  { at: '§5.2.5', send: `GET ${CLIENTS}/alice/messages`, query: { limit: 1 }, answer: [gate] },
  { at: '§5.3.6', send: 'GET /1.2/rtm/messages', query: { limit: 1 }, answer: [gate] },
  {
    at: '§5.3.1',
    send: 'GET /1.2/rtm/stats',
    // Dave of the chat room is still there, and Bob was.
    answer: { result: { online_user_count: 2, user_count_today: 3 } },
  },
  {
    at: '§5.3.2',
    send: 'GET /1.2/rtm/all-conversations',
    query: { limit: 1 },
    answer: {
      results: [
        {
          objectId: '<id flight>',
          m: ['alice', 'bob'],
          lm: { __type: 'Date', iso: '<date>' },
          createdAt: '<date>',
          updatedAt: '<date>',
        },
      ],
    },
  },
  {
    at: '§5.1.1',
    send: 'POST /1.2/rtm/service-conversations',
    body: { name: 'News' },
    status: 201,
    answer: { objectId: '<id news>', name: 'News', sys: true, createdAt: '<date>', updatedAt: '<date>' },
  },
  {
    at: '§5.1.5',
    send: 'POST /1.2/rtm/service-conversations/<id news>/subscribers',
    body: { client_id: 'alice' },
    answer: {},
  },
  {
    at: '§5.2.4',
    send: `GET ${CLIENTS}/alice/service-conversations`,
    query: { limit: 2, direction: 'old' },
    answer: [{ timestamp: '<time>', subscriber: 'alice', conv_id: '<id news>' }],
  },
  {
    at: '§5.2.7',
    send: `POST ${CLIENTS}/alice/blacklists`,
    body: { conv_id: '<id flight>' },
    answer: {},
  },
  {
    at: '§5.2.7',
    send: `GET ${CLIENTS}/alice/blacklists`,
    query: { limit: 1 },
    answer: { conv_ids: ['<id flight>'] },
  },
  {
    at: '§5.2.7',
    send: `DELETE ${CLIENTS}/alice/blacklists`,
    body: { conv_id: '<id flight>' },
    answer: {},
  },
  {
    at: 'storage §6.2',
    send: 'POST /1.1/users',
    body: { username: 'nora', password: 's3cret!' },
    as: 'app',
    status: 201,
    answer: {
      sessionToken: '<session nora>',
      updatedAt: '<date>',
      objectId: '<id nora>',
      username: 'nora',
      createdAt: '<date>',
      emailVerified: false,
      mobilePhoneVerified: false,
    },
  },
  {
    at: '§5.2.6',
    send: `GET ${CLIENTS}/sign`,
    query: { session_token: '<session nora>' },
    as: 'app',
    answer: signature,
  },
  {
    at: '§6.1',
    send: 'POST /1.1/rtm/sign',
    body: { session_token: '<session nora>' },
    as: 'app',
    answer: signature,
  },
  {
    scene: 'Alice adds Carol and changes the name',
    async play(stage) {
      const alice = stage.devices.get('alice');
      if (alice === undefined) throw new Error('Alice is not online.');
      const cid = knownAt(stage, '<id flight>');
      await conv(alice, OpType.add, { cid, m: ['carol'] });
      await conv(alice, OpType.update, { cid, attr: { data: '{"name":"Lisbon"}' } });
      await alice.settled();
      alice.inbox.splice(0);
    },
  },
  {
    at: '§6.2',
    send: 'GET /1.1/rtm/notifications',
    query: { client_id: 'bob', start_ts: '<time boarding>', notification_type: 'permanent' },
    as: 'app',
    headers: { 'X-LC-IM-Session-Token': '<text session of bob>' },
    answer: {
      hasMore: false,
      invalidLocalConvCache: false,
      notifications: [
        {
          cmd: 'conv',
          op: 'members_joined',
          serverTs: '<time added>',
          notificationType: 1,
          cid: '<id flight>',
          initBy: 'alice',
          m: ['carol'],
          udate: '<date added>',
        },
        {
          cmd: 'conv',
          op: 'updated',
          serverTs: '<time renamed>',
          notificationType: 1,
          cid: '<id flight>',
          initBy: 'alice',
          udate: '<date renamed>',
          attr: { data: '{"name":"Lisbon"}' },
          attrModified: { data: '{"name":"Lisbon"}' },
        },
      ],
    },
  },
  {
    at: '§6.2',
    send: 'GET /1.1/rtm/notifications',
    query: { client_id: 'bob', start_ts: '<time boarding>' },
    as: 'app',
    headers: { 'X-LC-IM-Session-Token': '<text session of bob>' },
    answer: {
      permanent: {
        hasMore: false,
        notifications: [
          {
            cmd: 'conv',
            op: 'members-joined',
            serverTs: '<time added>',
            notificationType: 1,
            cid: '<id flight>',
            initBy: 'alice',
            m: ['carol'],
            udate: '<date added>',
          },
          {
            cmd: 'conv',
            op: 'updated',
            serverTs: '<time renamed>',
            notificationType: 1,
            cid: '<id flight>',
            initBy: 'alice',
            udate: '<date renamed>',
            attr: { name: 'Lisbon' },
            attrModified: { name: 'Lisbon' },
          },
        ],
      },
      droppable: { invalidLocalConvCache: false, notifications: [] },
    },
  },
  {
    at: '§3.22',
    send: 'POST /1.2/rtm/conversations/<id flight>/member-infos',
    body: { clientId: 'bob', role: 'Manager' },
    answer: { updatedAt: '<date>', objectId: '<id manager>' },
  },
  // JS, Swift and ObjC; Java; C#.
  ...[
    { where: { cid: '<id flight>' } },
    { where: { cid: '<id flight>', peerId: 'bob' }, skip: 0, limit: 10 },
    { cid: '<id flight>' },
  ].map((query) => ({
    at: '§6.3',
    send: 'GET /1.1/classes/_ConversationMemberInfo',
    query: { client_id: 'alice', ...query },
    as: 'app' as const,
    headers: { 'X-LC-IM-Session-Token': '<text session of alice>' },
    answer: {
      results: [{ objectId: '<id manager>', cid: '<id flight>', clientId: 'bob', role: 'Manager' }],
    },
  })),
  {
    at: '§6.3',
    send: 'GET /1.1/classes/_ConversationMemberInfo',
    query: { client_id: 'alice', where: { cid: '<id flight>', peerId: 'carol' } },
    as: 'app',
    headers: { 'X-LC-IM-Session-Token': '<text session of alice>' },
    answer: { results: [] },
  },
  {
    at: '§1.3',
    send: 'GET /1.1/rtm/notifications',
    query: { client_id: 'alice', start_ts: 0 },
    as: 'app',
    headers: { 'X-LC-IM-Session-Token': '<text session of bob>' },
    status: 401,
    answer: { code: 4112, error: 'SESSION_TOKEN_EXPIRED' },
  },
  { at: '§5.2.3', send: `POST ${CLIENTS}/alice/kick`, body: { reason: 'abuse' }, answer: {} },
  {
    scene: 'Alice is told that she was sent away',
    play: async (stage) => stage.devices.get('alice')?.push(CommandType.session, OpType.closed),
  },
  { at: '§8.15', send: 'POST /1.1/rtm/client/kick', body: { client_id: 'bob', reason: 'abuse' }, answer: {} },
];
