import { CommandType, OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conv, say } from '../flow.ts';
import { Api, type CallOptions, refusal } from './api.ts';

let parley: Parley;
let api: Api;
beforeAll(async () => {
  parley = await startParley();
  api = new Api(parley);
});
afterAll(() => parley.close());

let made = 0;
const fresh = (name: string) => `${name}-${++made}`;
const create = async (m: readonly string[] = []): Promise<string> =>
  (await api.done(api.post('/1.2/rtm/conversations', { m }))).objectId;
const send = (body: object) =>
  api.post('/1.1/rtm/messages', { from_peer: 'alice', message: 'On my way', ...body });
const data = (records: readonly { data: string }[]) => records.map((record) => record.data);
const history = async (query: CallOptions['query']) =>
  data(await api.done(api.get('/1.1/rtm/messages/history', query)));

describe('sending by version 1.1', () => {
  it('[F-MSG-06][F-MSG-63] is transient unless it is said not to be', async () => {
    const bob = fresh('bob');
    const cid = await create([bob]);
    const device = await TestClient.open(parley, bob);
    const sent = await api.done(send({ conv_id: cid }));
    expect(sent).toEqual({
      result: { 'msg-id': sent['msg-id'], timestamp: sent.timestamp },
      'msg-id': expect.any(String),
      timestamp: expect.any(Number),
    });
    expect((await device.push(CommandType.direct)).directMessage).toMatchObject({
      msg: 'On my way',
      transient: true,
    });
    expect(await history({ convid: cid })).toEqual([]);
    await api.done(send({ conv_id: cid, transient: false, message: 'kept' }));
    expect(await history({ convid: cid })).toEqual(['kept']);
    await device.close();
  });

  it('[F-MSG-10][F-SYS-10] names receivers where it goes to a service', async () => {
    const sid = (await api.done(api.post('/1.2/rtm/service-conversations'))).objectId;
    const refused = await send({ conv_id: sid, transient: false });
    expect(refusal(refused)).toEqual([400, 1, 'to_peers is required to send to a service.']);
    const sent = await api.done(send({ conv_id: sid, transient: false, to_peers: ['alice', 'bob'] }));
    const patch = { conv_id: sid, msg_id: sent['msg-id'], timestamp: sent.timestamp, from_peer: 'alice' };
    await api.done(api.post('/1.1/rtm/patch/message', { ...patch, message: 'late', to_peers: 'alice, bob' }));
    const path = (client: string) => `/1.2/rtm/service-conversations/${sid}/subscribers/${client}/messages`;
    expect(data(await api.done(api.get(path('alice'))))).toEqual(['late']);
    expect(data(await api.done(api.get(path('bob'))))).toEqual(['late']);
    expect(refusal(await send({ conv_id: '0'.repeat(24) }))).toEqual([404, 4401, 'INVALID_MESSAGING_TARGET']);
  });

  it('[F-MSG-40] changes and recalls', async () => {
    const cid = await create(['alice']);
    const sent = await api.done(send({ conv_id: cid, transient: false }));
    const patch = { conv_id: cid, msg_id: sent['msg-id'], timestamp: sent.timestamp, from_peer: 'alice' };
    expect(await api.done(api.post('/1.1/rtm/patch/message', { ...patch, message: 'Running late' }))).toEqual(
      {},
    );
    expect(await history({ convid: cid })).toEqual(['Running late']);
    await api.done(api.post('/1.1/rtm/patch/message', { ...patch, recall: true }));
    expect(await history({ convid: cid })).toEqual(['{"_lctype":-127}']);
    expect(refusal(await api.post('/1.1/rtm/patch/message', patch))).toEqual([
      400,
      1,
      'message is required.',
    ]);
  });
});

describe('logs of version 1.1', () => {
  it('[F-MSG-58][F-MSG-59][F-MSG-60] are read by conversation, client or app, under either name', async () => {
    const only = await startParley();
    const there = new Api(only);
    const cid = (await there.done(there.post('/1.2/rtm/conversations', { m: ['alice'] }))).objectId;
    const times: number[] = [];
    for (const message of ['1', '2', '3']) {
      const body = { from_peer: message === '2' ? 'bob' : 'alice', conv_id: cid, message, transient: false };
      times.push((await there.done(there.post('/1.1/rtm/messages', body))).timestamp);
    }
    const [, second = 0, third = 0] = times;
    for (const path of ['/1.1/rtm/messages/history', '/1.1/rtm/messages/logs/', '//1.1/rtm/messages/logs']) {
      const read = async (query: CallOptions['query']) => data(await there.done(there.get(path, query)));
      expect(await read({ convid: cid })).toEqual(['3', '2', '1']);
      expect(await read({ convid: `${cid}00000000`, max_ts: third })).toEqual(['2', '1']);
      expect(await read({ conv_id: cid, max_ts: 0, limit: 1 })).toEqual(['3']);
      expect(await read({ from: 'bob' })).toEqual(['2']);
      expect(await read({ reversed: true, timestamp: second })).toEqual(['3']);
      expect(await read({})).toEqual(['3', '2', '1']);
    }
    await only.close();
  });

  it('[F-SEC-13] take the app key only where the app says so, and only for one conversation', async () => {
    const open = await startParley({ settings: { appKeyReadsHistory: true } });
    const there = new Api(open);
    const cid = (await there.done(there.post('/1.2/rtm/conversations'))).objectId;
    const read = (on: Api, query: Record<string, string>) =>
      on.call('GET', '/1.1/rtm/messages/history', { query, as: 'app' });
    expect((await read(there, { convid: cid })).body).toEqual([]);
    expect((await read(there, {})).status).toBe(403);
    expect((await read(there, { from: 'alice' })).status).toBe(403);
    expect((await read(api, { convid: await create() })).status).toBe(403);
    await open.close();
  });

  it('[F-MSG-61] lose messages, and have them written over', async () => {
    const cid = await create(['alice']);
    const sent = await api.done(send({ conv_id: cid, transient: false }));
    const [record] = await api.done(api.get('/1.1/rtm/messages/logs', { convid: cid }));
    const changed = { ...record, data: '(removed)', 'from-ip': null, 'ack-at': 1750000000901 };
    expect(await api.done(api.put('/1.1/rtm/messages/logs', changed))).toEqual({});
    const [after] = await api.done(api.get('/1.1/rtm/messages/logs', { convid: cid }));
    expect(after).toEqual({ ...record, data: '(removed)', 'ack-at': 1750000000901 });
    const wrong = await api.put('/1.1/rtm/messages/logs', { ...changed, bin: true });
    expect(refusal(wrong)).toEqual([400, 1, 'data must be base64 where bin is true.']);
    const unknown = await api.put('/1.1/rtm/messages/logs', { ...changed, timestamp: 5 });
    expect(refusal(unknown)).toEqual([404, 4404, 'MESSAGE_NOT_FOUND']);
    const query = { convid: record['conv-id'], msgid: sent['msg-id'], timestamp: sent.timestamp };
    const remove = (more = {}) =>
      api.call('DELETE', '/1.1/rtm/messages/logs', { query: { ...query, ...more } });
    expect(refusal(await remove({ from: 'bob' }))).toEqual([403, 4403, 'MESSAGE_OWNERSHIP_REQUIRED']);
    expect(await api.done(remove())).toEqual({});
    expect(await history({ convid: cid })).toEqual([]);
  });
});

describe('clients by version 1.1', () => {
  it('[F-MSG-47] have their unread messages counted', async () => {
    const bob = fresh('bob');
    const [cid] = [await create([bob]), await create([bob])];
    await api.done(send({ conv_id: cid, transient: false }));
    const count = (path: string) => api.call('GET', `/1.1/rtm/messages/unread/${path}`, { as: 'app' });
    expect((await count(bob)).body).toEqual({ count: 1 });
    expect((await count(`${bob}/${cid}`)).body).toEqual({ count: 1 });
    expect((await count(`${bob}/unknown`)).body).toEqual({ count: 0 });
  });

  it('[F-SESS-37][F-SESS-27] are asked for and sent away', async () => {
    const bob = fresh('bob');
    const device = await TestClient.open(parley, bob);
    expect(await api.done(api.post('/1.1/rtm/online', { peers: [bob, 'nobody'] }))).toEqual({
      results: [bob],
    });
    expect(await api.done(api.post('/1.1/rtm/client/kick', { client_id: bob, reason: 'abuse' }))).toEqual({});
    const closed = await device.push(CommandType.session, OpType.closed);
    expect(closed.sessionMessage).toMatchObject({ code: 4115, detail: 'abuse' });
    await device.close();
  });

  it('[F-ROOM-06] are counted and sampled in chat rooms with the app key; unknown rooms are empty', async () => {
    const room = (await api.done(api.post('/1.2/rtm/chatrooms'))).objectId;
    const dave = fresh('dave');
    const device = await TestClient.open(parley, dave);
    await conv(device, OpType.add, { cid: room, m: [dave] });
    const ask = async (what: string, gid: string) =>
      (await api.call('GET', `/1.1/rtm/transient_group/${what}`, { query: { gid }, as: 'app' })).body;
    expect(await ask('onlines', room)).toEqual({ result: 1 });
    expect(await ask('members', room)).toEqual({ result: [dave] });
    expect(await ask('onlines', 'unknown')).toEqual({ result: 0 });
    expect(await ask('members', await create())).toEqual({ result: [] });
    await device.close();
  });

  it('[F-GRP-14] are silenced for a while in conversations of every kind', async () => {
    const bob = fresh('bob');
    const device = await TestClient.open(parley, bob);
    const sid = (await api.done(api.post('/1.2/rtm/service-conversations'))).objectId;
    for (const conv_id of [await create([bob]), sid]) {
      const silence = { client_id: bob, conv_id };
      expect(await api.done(api.post('/1.1/rtm/conversation/blacklist', { ...silence, ttl: 600 }))).toEqual(
        {},
      );
      expect((await say(device, conv_id, 'x')).ackMessage?.code).toBe(4315);
      await api.done(api.call('DELETE', '/1.1/rtm/conversation/blacklist', { query: silence }));
      expect((await say(device, conv_id, 'x')).ackMessage?.code).toBeUndefined();
    }
    await device.close();
  });
});

describe('services by version 1.1', () => {
  it('[F-SYS-03][F-SYS-05] subscribe, list and count', async () => {
    const sid = (await api.done(api.post('/1.2/rtm/service-conversations'))).objectId;
    const alice = fresh('alice');
    const subscription = { conv_id: sid, client_id: alice };
    expect(await api.done(api.post('/1.1/rtm/conversation/subscription', subscription))).toEqual({});
    await api.done(api.post('/1.1/rtm/broadcast/subscription', subscription));
    const record = { timestamp: expect.any(Number), subscriber: alice, conv_id: sid };
    expect(await api.done(api.get('/1.1/rtm/conversation/subscription', { client_id: alice }))).toEqual([
      record,
    ]);
    expect(await api.done(api.get('/1.1/rtm/conversation/subscribers', { conv_id: sid, limit: 1 }))).toEqual([
      record,
    ]);
    expect(await api.done(api.get('/1.1/rtm/conversation/subscribers/count', { conv_id: sid }))).toEqual({
      count: 1,
    });
    const asked = (query: Record<string, string>, as: 'app' | 'master') =>
      api.call('GET', '/1.1/rtm/conversation/subscribed', { query, as });
    expect((await asked(subscription, 'master')).body).toBe(true);
    expect((await asked({ conv_id: sid }, 'app')).body).toEqual({ count: 1 });
    expect((await asked(subscription, 'app')).status).toBe(403);
    await api.done(api.call('DELETE', '/1.1/rtm/conversation/subscription', { query: subscription }));
    expect((await asked(subscription, 'master')).body).toBe(false);
  });
});
