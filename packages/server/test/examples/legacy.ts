import type { Script } from './example.ts';

const CLASS = '/1.1/classes/_Conversation';
const LOGS = '/1.1/rtm/messages/logs';
const text = (words: string) => JSON.stringify({ _lctype: -1, _lctext: words });
const sentAs = (name: string) => ({
  result: { 'msg-id': `<message ${name}>`, timestamp: `<time ${name}>` },
  'msg-id': `<message ${name}>`,
  timestamp: `<time ${name}>`,
});
const late = {
  'msg-id': '<message late>',
  timestamp: '<time late>',
  'conv-id': '<id club>00000000',
  to: '<id club>',
  from: 'alice',
  data: text('Running late'),
  'is-conv': true,
  'is-room': false,
  bin: false,
};
const CHANGED = { updatedAt: '<date>', objectId: '<id club>' };
const subscription = { conv_id: '<id desk>', client_id: 'alice' };
const subscribed = { timestamp: '<time subscribed>', subscriber: 'alice', conv_id: '<id desk>' };

/** The paths of version 1.1 (`rest §8`). */
export const legacy: Script = [
  {
    at: '§8.1',
    send: `POST ${CLASS}`,
    body: { name: 'Book club', m: ['alice', 'bob'] },
    status: 201,
    answer: { objectId: '<id club>', createdAt: '<date>' },
  },
  {
    at: '§8.1',
    send: `PUT ${CLASS}/<id club>`,
    body: { m: { __op: 'AddUnique', objects: ['carol'] } },
    answer: CHANGED,
  },
  {
    at: '§8.1',
    send: `PUT ${CLASS}/<id club>`,
    body: { m: { __op: 'Remove', objects: ['bob'] } },
    answer: CHANGED,
  },
  {
    at: '§3.7',
    send: 'GET /1.2/rtm/conversations/<id club>/members',
    answer: { result: ['alice', 'carol'] },
  },
  {
    at: '§8.2',
    send: 'POST /1.1/rtm/messages',
    body: { from_peer: 'alice', conv_id: '<id club>', transient: false, message: text('On my way') },
    answer: sentAs('late'),
  },
  {
    at: '§8.3',
    send: 'POST /1.1/rtm/patch/message',
    body: {
      conv_id: '<id club>',
      msg_id: '<message late>',
      timestamp: '<time late>',
      from_peer: 'alice',
      message: text('Running late'),
    },
    answer: {},
  },
  ...['/1.1/rtm/messages/history', LOGS, `${LOGS}/`].map((path) => ({
    at: '§8.4',
    send: `GET ${path}`,
    query: { convid: '<id club>', limit: 1 },
    answer: [late],
  })),
  {
    at: '§8.6',
    send: `PUT ${LOGS}`,
    body: { ...late, data: text('(removed)'), 'from-ip': null },
    answer: {},
  },
  {
    at: '§8.4',
    send: `GET ${LOGS}`,
    query: { convid: '<id club>00000000' },
    answer: [{ ...late, data: text('(removed)') }],
  },
  {
    at: '§8.5',
    send: `DELETE ${LOGS}`,
    query: {
      convid: '<id club>00000000',
      msgid: '<message late>',
      timestamp: '<time late>',
      from: 'alice',
    },
    answer: {},
  },
  { at: '§8.4', send: `GET ${LOGS}`, query: { convid: '<id club>' }, answer: [] },
  {
    at: '§8.1',
    send: `POST ${CLASS}`,
    body: { name: 'Desk', sys: true },
    status: 201,
    answer: { objectId: '<id desk>', createdAt: '<date>' },
  },
  {
    at: '§8.10',
    send: 'POST /1.1/rtm/conversation/subscription',
    body: subscription,
    answer: {},
  },
  {
    at: '§8.10',
    send: 'GET /1.1/rtm/conversation/subscription',
    // Alice subscribed to the news of an earlier section, too.
    query: { client_id: 'alice', limit: 1, direction: 'old' },
    answer: [subscribed],
  },
  {
    at: '§8.11',
    send: 'GET /1.1/rtm/conversation/subscribers',
    query: { conv_id: '<id desk>', limit: 1 },
    answer: [subscribed],
  },
  {
    at: '§8.11',
    send: 'GET /1.1/rtm/conversation/subscribers/count',
    query: { conv_id: '<id desk>' },
    answer: { count: 1 },
  },
  {
    at: '§8.11',
    send: 'GET /1.1/rtm/conversation/subscribed',
    query: subscription,
    answer: true,
  },
  {
    at: '§8.11',
    send: 'GET /1.1/rtm/conversation/subscribed',
    query: { conv_id: '<id desk>' },
    as: 'app',
    answer: { count: 1 },
  },
  {
    at: '§8.8',
    send: 'POST /1.1/rtm/broadcast',
    body: { from_peer: 'ops', conv_id: '<id desk>', message: text('Hello all') },
    answer: sentAs('hello'),
  },
  {
    at: '§8.8',
    send: 'GET /1.1/rtm/broadcast',
    query: { conv_id: '<id desk>', limit: 1 },
    answer: [
      {
        'msg-id': '<message hello>',
        timestamp: '<time hello>',
        'conv-id': '<id desk>00000000',
        to: '<id desk>',
        from: 'ops',
        data: text('Hello all'),
        'is-conv': true,
        'is-room': false,
        bin: false,
        valid_till: '<time>',
        transient: false,
      },
    ],
  },
  {
    at: '§8.8',
    send: 'DELETE /1.1/rtm/broadcast',
    query: { mid: '<message hello>' },
    answer: {},
  },
  {
    at: '§8.9',
    send: 'POST /1.1/rtm/broadcast/subscriber',
    body: { from_peer: 'weather-bot', conv_id: '<id desk>', message: text('Sunny') },
    answer: sentAs('sunny'),
  },
  {
    at: '§8.10',
    send: 'DELETE /1.1/rtm/conversation/subscription',
    query: subscription,
    answer: {},
  },
  {
    at: '§8.10',
    send: 'POST /1.1/rtm/broadcast/subscription',
    body: subscription,
    answer: {},
  },
  {
    at: '§8.14',
    send: 'POST /1.1/rtm/conversation/blacklist',
    body: { client_id: 'bob', conv_id: '<id club>', ttl: 600 },
    answer: {},
  },
  {
    at: '§8.14',
    send: 'DELETE /1.1/rtm/conversation/blacklist',
    query: { conv_id: '<id club>', client_id: 'bob' },
    answer: {},
  },
];
