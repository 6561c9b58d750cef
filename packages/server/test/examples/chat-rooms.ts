import { OpType } from '@parley/protocol';
import { TestClient } from '@parley/testkit';
import { conv } from '../flow.ts';
import { knownAt, type Script } from './example.ts';

const ROOMS = '/1.2/rtm/chatrooms';
const DERBY = `${ROOMS}/<id derby>`;
const text = (words: string) => JSON.stringify({ _lctype: -1, _lctext: words });
const RECORD = {
  objectId: '<id derby>',
  name: 'Derby live',
  attr: { match: 41 },
  tr: true,
  createdAt: '<date derby>',
  updatedAt: '<date>',
};

/** Chat rooms (`rest §4`, and `§8.12` while somebody is inside). */
export const chatRooms: Script = [
  {
    at: '§4.1',
    send: `POST ${ROOMS}`,
    body: { name: 'Derby live', attr: { match: 41 } },
    status: 201,
    answer: RECORD,
  },
  {
    at: '§4.2',
    send: `GET ${ROOMS}`,
    query: { where: { 'attr.match': 41 }, limit: 1 },
    answer: { results: [RECORD] },
  },
  {
    at: '§4.3',
    send: `PUT ${DERBY}`,
    body: { name: 'Derby live (2nd half)' },
    answer: { updatedAt: '<date>', objectId: '<id derby>' },
  },
  {
    scene: 'Dave enters the room',
    async play(stage) {
      const dave = await TestClient.open(stage.parley, 'dave');
      stage.devices.set('dave', dave);
      await conv(dave, OpType.add, { cid: knownAt(stage, '<id derby>'), m: ['dave'] });
    },
  },
  { at: '§4.5', send: `GET ${DERBY}/members`, answer: { result: ['dave'] } },
  { at: '§4.6', send: `GET ${DERBY}/members/online-count`, answer: { result: 1 } },
  {
    at: '§8.12',
    send: 'GET /1.1/rtm/transient_group/onlines',
    query: { gid: '<id derby>' },
    as: 'app',
    answer: { result: 1 },
  },
  {
    at: '§8.12',
    send: 'GET /1.1/rtm/transient_group/members',
    query: { gid: '<id derby>' },
    as: 'app',
    answer: { result: ['dave'] },
  },
  {
    at: '§4.7',
    send: `POST ${DERBY}/messages`,
    body: { from_client: 'host', message: text('Goal!'), priority: 'HIGH' },
    answer: {
      result: { 'msg-id': '<message goal>', timestamp: '<time goal>' },
      'msg-id': '<message goal>',
      timestamp: '<time goal>',
    },
  },
  {
    at: '§4.8',
    send: `GET ${DERBY}/messages`,
    query: { reversed: true, limit: 1 },
    answer: [
      {
        'msg-id': '<message goal>',
        timestamp: '<time goal>',
        'conv-id': '<id derby>00000000',
        to: '<id derby>',
        from: 'host',
        data: text('Goal!'),
        'is-conv': true,
        'is-room': false,
        bin: false,
      },
    ],
  },
  {
    at: '§4.9',
    send: `PUT ${DERBY}/messages/<message goal>`,
    body: { from_client: 'host', message: text('Goal disallowed'), timestamp: '<time goal>' },
    answer: {},
  },
  {
    at: '§4.10',
    send: `PUT ${DERBY}/messages/<message goal>/recall`,
    body: { from_client: 'host', timestamp: '<time goal>' },
    answer: {},
  },
  {
    at: '§4.11',
    send: `DELETE ${DERBY}/messages/<message goal>`,
    query: { from_client: 'host', timestamp: '<time goal>' },
    answer: {},
  },
  {
    at: '§4.12',
    send: `POST ${DERBY}/temporary-silenceds`,
    body: { client_id: 'troll', ttl: 300 },
    answer: {},
  },
  {
    at: '§4.12',
    send: `DELETE ${DERBY}/temporary-silenceds`,
    query: { client_id: 'troll' },
    answer: {},
  },
  {
    at: '§4.13',
    send: `POST ${DERBY}/member-infos`,
    body: { clientId: 'erin', role: 'Manager' },
    answer: { updatedAt: '<date>', objectId: '<id steward>' },
  },
  {
    at: '§4.13',
    send: `PUT ${DERBY}/member-infos/<id steward>`,
    body: { clientId: 'erin', role: 'Member' },
    answer: { updatedAt: '<date>', objectId: '<id steward>' },
  },
  {
    at: '§4.13',
    send: `GET ${DERBY}/member-infos`,
    query: { skip: 0, limit: 20 },
    answer: { results: [{ clientId: 'erin', objectId: '<id steward>', role: 'Member' }] },
  },
  { at: '§4.13', send: `DELETE ${DERBY}/member-infos/<id steward>`, answer: {} },
  {
    at: '§4.14',
    send: `POST ${DERBY}/permanent-silenceds`,
    body: { client_ids: ['troll'] },
    answer: {},
  },
  {
    at: '§4.14',
    send: `GET ${DERBY}/permanent-silenceds`,
    query: { limit: 20 },
    answer: { client_ids: ['troll'] },
  },
  {
    at: '§4.14',
    send: `DELETE ${DERBY}/permanent-silenceds`,
    body: { client_ids: ['troll'] },
    answer: {},
  },
  { at: '§4.15', send: `POST ${DERBY}/blacklists`, body: { client_ids: ['troll'] }, answer: {} },
  { at: '§4.15', send: `GET ${DERBY}/blacklists`, answer: { client_ids: ['troll'] } },
  { at: '§4.15', send: `DELETE ${DERBY}/blacklists`, body: { client_ids: ['troll'] }, answer: {} },
  {
    at: '§8.12',
    send: 'GET /1.1/rtm/transient_group/onlines',
    query: { gid: 'unknown' },
    as: 'app',
    answer: { result: 0 },
  },
  {
    at: '§8.12',
    send: 'GET /1.1/rtm/transient_group/members',
    query: { gid: 'unknown' },
    as: 'app',
    answer: { result: [] },
  },
  { at: '§4.4', send: `DELETE ${DERBY}`, answer: {} },
];
