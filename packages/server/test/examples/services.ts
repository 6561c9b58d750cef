import { createHash } from 'node:crypto';
import { knownAt, type Script } from './example.ts';

const SERVICES = '/1.2/rtm/service-conversations';
const WEATHER = `${SERVICES}/<id weather>`;
const text = (words: string) => JSON.stringify({ _lctype: -1, _lctext: words });
const CHANGED = { updatedAt: '<date>', objectId: '<id weather>' };
const RECORD = {
  objectId: '<id weather>',
  name: 'Weather desk',
  avatarURL: 'https://static.example.com/w.png',
  sys: true,
  createdAt: '<date weather>',
  updatedAt: '<date>',
};
const sentAs = (name: string) => ({
  result: { 'msg-id': `<message ${name}>`, timestamp: `<time ${name}>` },
  'msg-id': `<message ${name}>`,
  timestamp: `<time ${name}>`,
});
const subscription = (subscriber: string) => ({
  timestamp: `<time of ${subscriber}>`,
  subscriber,
  conv_id: '<id weather>',
});

/** Service conversations (`rest §5.1`). */
export const services: Script = [
  {
    at: '§5.1.1',
    send: `POST ${SERVICES}`,
    body: { name: 'Weather desk', avatarURL: 'https://static.example.com/w.png' },
    status: 201,
    answer: RECORD,
  },
  {
    at: '§5.1.2',
    send: `GET ${SERVICES}`,
    query: { where: { name: 'Weather desk' } },
    answer: { results: [RECORD] },
  },
  { at: '§5.1.3', send: `PUT ${WEATHER}`, body: { name: 'Weather & tides' }, answer: CHANGED },
  ...['alice', 'bob', 'carol'].map((client_id) => ({
    at: '§5.1.5',
    send: `POST ${WEATHER}/subscribers`,
    body: { client_id },
    answer: {},
  })),
  {
    at: '§5.1.7',
    send: `GET ${WEATHER}/subscribers`,
    query: { client_id: 'alice', limit: 2 },
    answer: [subscription('bob'), subscription('carol')],
  },
  { at: '§5.1.8', send: `GET ${WEATHER}/subscribers/count`, answer: { count: 3 } },
  { at: '§5.1.6', send: `DELETE ${WEATHER}/subscribers/carol`, answer: {} },
  {
    at: '§5.1.9',
    send: `POST ${WEATHER}/broadcasts`,
    body: { from_client: 'weather-bot', message: text('Storm at 18:00'), push: { alert: 'Storm warning' } },
    answer: sentAs('storm'),
  },
  {
    at: '§5.1.10',
    send: `PUT ${WEATHER}/messages/<message storm>`,
    body: { from_client: 'weather-bot', message: text('Storm moved to 20:00'), timestamp: '<time storm>' },
    answer: {},
  },
  {
    at: '§5.1.12',
    send: `POST ${WEATHER}/messages`,
    body: { from_client: 'weather-bot', to_clients: ['alice'], message: text('Rain in 10 min') },
    answer: sentAs('rain'),
  },
  {
    scene: 'the log of Alice has a name of its own',
    async play(stage) {
      const log = createHash('md5')
        .update(`${knownAt(stage, '<id weather>')}:alice`)
        .digest('hex');
      stage.known.set('<hex32 log>', log);
    },
  },
  {
    at: '§5.1.14',
    send: `GET ${WEATHER}/subscribers/alice/messages`,
    query: { limit: 1 },
    answer: [
      {
        'msg-id': '<message rain>',
        timestamp: '<time rain>',
        'conv-id': '<hex32 log>',
        to: '<id weather>',
        from: 'weather-bot',
        data: text('Rain in 10 min'),
        'is-conv': true,
        'is-room': false,
        bin: false,
      },
    ],
  },
  {
    at: '§5.1.10',
    send: `PUT ${WEATHER}/messages/<message rain>`,
    body: {
      from_client: 'weather-bot',
      message: text('Your area is safe'),
      timestamp: '<time rain>',
      to_clients: ['alice'],
    },
    answer: {},
  },
  {
    at: '§5.1.11',
    send: `PUT ${WEATHER}/messages/<message rain>/recall`,
    body: { from_client: 'weather-bot', timestamp: '<time rain>', to_clients: ['alice'] },
    answer: {},
  },
  {
    at: '§5.1.11',
    send: `PUT ${WEATHER}/messages/<message storm>/recall`,
    body: { from_client: 'weather-bot', timestamp: '<time storm>' },
    answer: {},
  },
  {
    at: '§5.1.13',
    send: `DELETE ${WEATHER}/subscribers/alice/messages/<message rain>`,
    query: { from_client: 'weather-bot', timestamp: '<time rain>' },
    answer: {},
  },
  { at: '§5.1.15', send: `POST ${WEATHER}/blacklists`, body: { client_ids: ['spammer'] }, answer: {} },
  {
    at: '§5.1.15',
    send: `GET ${WEATHER}/blacklists`,
    query: { limit: 10 },
    answer: { client_ids: ['spammer'] },
  },
  { at: '§5.1.15', send: `DELETE ${WEATHER}/blacklists`, body: { client_ids: ['spammer'] }, answer: {} },
  {
    at: '§5.3.3',
    send: 'POST /1.2/rtm/broadcasts',
    body: {
      from_client: 'ops',
      conv_id: '<id weather>',
      message: text('Maintenance tonight'),
      push: { alert: 'Maintenance tonight', badge: 'Increment' },
    },
    answer: sentAs('maintenance'),
  },
  {
    at: '§5.3.5',
    send: 'GET /1.2/rtm/broadcasts',
    query: { conv_id: '<id weather>', limit: 10 },
    answer: [
      {
        'msg-id': '<message maintenance>',
        timestamp: '<time maintenance>',
        'conv-id': '<id weather>00000000',
        to: '<id weather>',
        from: 'ops',
        data: text('Maintenance tonight'),
        'is-conv': true,
        'is-room': false,
        bin: false,
        valid_till: '<time until>',
        transient: false,
      },
    ],
  },
  {
    at: '§5.1.10',
    send: `PUT ${WEATHER}/messages/<message maintenance>`,
    body: { from_client: 'ops', message: text('Maintenance at 22:00'), timestamp: '<time maintenance>' },
    answer: {},
  },
  {
    at: '§5.3.4',
    send: 'DELETE /1.2/rtm/broadcasts/<message maintenance>',
    answer: {},
  },
  {
    at: '§5.3.5',
    send: 'GET /1.2/rtm/broadcasts',
    query: { conv_id: '<id weather>' },
    answer: [],
  },
  { at: '§5.1.4', send: `DELETE ${WEATHER}`, answer: {} },
];
