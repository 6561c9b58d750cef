import type { Example, Script } from './example.ts';

const CONVERSATIONS = '/1.2/rtm/conversations';
const TRIP = `${CONVERSATIONS}/<id trip>`;
const CHANGED = { updatedAt: '<date>', objectId: '<id trip>' };
const text = (words: string) => JSON.stringify({ _lctype: -1, _lctext: words });

/** Basic conversations (`rest §3`). */
export const conversations: Script = [
  {
    at: '§3.1',
    send: `POST ${CONVERSATIONS}`,
    body: { name: 'Trip to Lisbon', m: ['alice', 'bob'], unique: true, attr: { pinned: false } },
    status: 201,
    answer: {
      objectId: '<id trip>',
      name: 'Trip to Lisbon',
      m: ['alice', 'bob'],
      unique: true,
      uniqueId: '<hex32 trip>',
      attr: { pinned: false },
      createdAt: '<date trip>',
      updatedAt: '<date>',
    },
  },
  {
    at: '§3.11',
    send: `POST ${TRIP}/messages`,
    body: {
      from_client: 'alice',
      message: text('Gate B12'),
      mention_client_ids: ['bob'],
      push_data: { alert: 'Boarding soon' },
    },
    answer: {
      result: { 'msg-id': '<message gate>', timestamp: '<time gate>' },
      'msg-id': '<message gate>',
      timestamp: '<time gate>',
    },
  },
  {
    at: '§3.2',
    send: `GET ${CONVERSATIONS}`,
    query: { where: { m: 'alice' }, limit: 2 },
    answer: {
      results: [
        {
          objectId: '<id trip>',
          name: 'Trip to Lisbon',
          m: ['alice', 'bob'],
          unique: true,
          uniqueId: '<hex32 trip>',
          attr: { pinned: false },
          lm: { __type: 'Date', iso: '<date>' },
          createdAt: '<date trip>',
          updatedAt: '<date>',
        },
      ],
    },
  },
  {
    at: '§3.3',
    send: `PUT ${TRIP}`,
    body: { name: 'Lisbon, final plan', 'attr.pinned': true },
    answer: CHANGED,
  },
  { at: '§3.5', send: `POST ${TRIP}/members`, body: { client_ids: ['carol'] }, answer: CHANGED },
  { at: '§3.6', send: `DELETE ${TRIP}/members`, body: { client_ids: ['carol'] }, answer: CHANGED },
  { at: '§3.7', send: `GET ${TRIP}/members`, answer: { result: ['alice', 'bob'] } },
  { at: '§3.8', send: `POST ${TRIP}/mutes`, body: { client_ids: ['bob'] }, answer: CHANGED },
  { at: '§3.10', send: `GET ${TRIP}/mutes`, answer: { result: ['bob'] } },
  { at: '§3.9', send: `DELETE ${TRIP}/mutes`, body: { client_ids: ['bob'] }, answer: CHANGED },
  {
    at: '§3.12',
    send: `PUT ${TRIP}/messages/<message gate>`,
    body: { from_client: 'alice', message: text('Gate B14'), timestamp: '<time gate>' },
    answer: {},
  },
  {
    at: '§3.13',
    send: `GET ${TRIP}/messages`,
    query: { limit: 1 },
    answer: [
      {
        'msg-id': '<message gate>',
        timestamp: '<time gate>',
        'conv-id': '<id trip>00000000',
        to: '<id trip>',
        from: 'alice',
        data: text('Gate B14'),
        'is-conv': true,
        'is-room': false,
        bin: false,
      },
    ],
  },
  {
    at: '§3.14',
    send: `PUT ${TRIP}/messages/<message gate>/recall`,
    body: { from_client: 'alice', timestamp: '<time gate>' },
    answer: {},
  },
  {
    at: '§3.15',
    send: `DELETE ${TRIP}/messages/<message gate>`,
    query: { from_client: 'alice', timestamp: '<time gate>' },
    answer: {},
  },
  {
    at: '§3.17',
    send: `POST ${TRIP}/temporary-silenceds`,
    body: { client_id: 'bob', ttl: 600 },
    answer: {},
  },
  {
    at: '§3.18',
    send: `DELETE ${TRIP}/temporary-silenceds`,
    query: { client_id: 'bob' },
    answer: {},
  },
  {
    at: '§3.19',
    send: `POST ${TRIP}/permanent-silenceds`,
    body: { client_ids: ['bob', 'alice'] },
    answer: {},
  },
  {
    at: '§3.21',
    send: `GET ${TRIP}/permanent-silenceds`,
    query: { limit: 1 },
    answer: { client_ids: ['bob'], next: '<text next>' },
  },
  {
    at: '§3.21',
    send: `GET ${TRIP}/permanent-silenceds`,
    query: { next: '<text next>' },
    answer: { client_ids: ['alice'] },
  },
  {
    at: '§3.20',
    send: `DELETE ${TRIP}/permanent-silenceds`,
    body: { client_ids: ['bob'] },
    answer: {},
  },
  {
    at: '§3.22',
    send: `POST ${TRIP}/member-infos`,
    body: { clientId: 'bob', role: 'Manager' },
    answer: { updatedAt: '<date>', objectId: '<id role>' },
  },
  {
    at: '§3.25',
    send: `GET ${TRIP}/member-infos`,
    query: { role: 'Manager' },
    answer: { results: [{ clientId: 'bob', objectId: '<id role>', role: 'Manager' }] },
  },
  {
    at: '§3.23',
    send: `PUT ${TRIP}/member-infos/<id role>`,
    body: { clientId: 'bob', role: 'Member' },
    answer: { updatedAt: '<date>', objectId: '<id role>' },
  },
  { at: '§3.24', send: `DELETE ${TRIP}/member-infos/<id role>`, answer: {} },
  { at: '§3.26', send: `POST ${TRIP}/blacklists`, body: { client_ids: ['carol'] }, answer: {} },
  { at: '§3.28', send: `GET ${TRIP}/blacklists`, answer: { client_ids: ['carol'] } },
  { at: '§3.27', send: `DELETE ${TRIP}/blacklists`, body: { client_ids: ['carol'] }, answer: {} },
  ...typedMessages(),
  { at: '§3.4', send: `DELETE ${TRIP}`, answer: {} },
];

/** Whatever a typed message says, the server hands on as it came (`rest §10`). */
function typedMessages(): readonly Example[] {
  const url = 'https://files.example.com/k/9f2d';
  const contents: Readonly<Record<string, object>> = {
    text: { _lctype: -1, _lctext: 'Hello', _lcattrs: { mood: 'good' } },
    picture: {
      _lctype: -2,
      _lctext: 'Sunset',
      _lcattrs: { album: 7 },
      _lcfile: {
        url: `${url}.jpg`,
        objId: '6650b299c3f1d2e4b5a69818',
        metaData: { name: 'sunset.jpg', format: 'jpg', width: 1280, height: 720, size: 204800 },
      },
    },
    sound: { _lctype: -3, _lcfile: { url: `${url}.m4a`, metaData: { duration: 4.2, size: 51200 } } },
    film: { _lctype: -4, _lcfile: { url: `${url}.mp4`, metaData: { duration: 9, size: 91200 } } },
    place: { _lctype: -5, _lctext: 'Meet here', _lcloc: { latitude: 38.7139, longitude: -9.1334 } },
    file: { _lctype: -6, _lcfile: { url: `${url}.pdf`, name: 'plan.pdf', size: 88123 } },
    own: { _lctype: 12, anything: [1, 2] },
  };
  return Object.entries(contents).flatMap(([name, content]) => [
    {
      at: '§10',
      send: `POST ${TRIP}/messages`,
      body: { from_client: 'alice', message: JSON.stringify(content) },
      answer: {
        result: { 'msg-id': `<message ${name}>`, timestamp: `<time ${name}>` },
        'msg-id': `<message ${name}>`,
        timestamp: `<time ${name}>`,
      },
    },
    {
      at: '§10',
      send: `GET ${TRIP}/messages`,
      query: { limit: 1 },
      answer: [
        {
          'msg-id': `<message ${name}>`,
          timestamp: `<time ${name}>`,
          'conv-id': '<id trip>00000000',
          to: '<id trip>',
          from: 'alice',
          data: JSON.stringify(content),
          'is-conv': true,
          'is-room': false,
          bin: false,
        },
      ],
    },
  ]);
}
