import { createHash } from 'node:crypto';
import { CommandType } from '@parley/protocol';
import { FakeClock, type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { say } from '../flow.ts';
import { Api, refusal } from './api.ts';

const PATH = '/1.2/rtm/service-conversations';
const TEXT = '{"_lctype":-1,"_lctext":"Storm at 18:00"}';

let parley: Parley;
let api: Api;
beforeAll(async () => {
  parley = await startParley({
    settings: {
      restSubscriberMessages: { perMinute: 0, perDay: 0 },
      restBroadcasts: { perMinute: 0, perDay: 0 },
    },
  });
  api = new Api(parley);
});
afterAll(() => parley.close());

let made = 0;
const fresh = (name: string) => `${name}-${++made}`;
const create = async (body: object = {}): Promise<string> => (await api.done(api.post(PATH, body))).objectId;
const subscribe = (sid: string, client_id: string) =>
  api.done(api.post(`${PATH}/${sid}/subscribers`, { client_id }));

async function online(client: string): Promise<TestClient> {
  const device = await TestClient.open(parley, client);
  return device;
}

async function heard(client: TestClient): Promise<readonly (string | undefined)[]> {
  await client.settled();
  return client.inbox
    .splice(0)
    .flatMap(({ cmd, directMessage }) => (cmd === CommandType.direct ? [directMessage?.msg] : []));
}

describe('service conversations', () => {
  it('[F-SYS-04][F-CONV-13] are created, found, changed and deleted by the server', async () => {
    const name = fresh('Weather desk');
    const { status, body } = await api.post(PATH, {
      name,
      avatarURL: 'https://static.example.com/w.png',
      m: ['a'],
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      objectId: expect.any(String),
      name,
      avatarURL: 'https://static.example.com/w.png',
      sys: true,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    const where = JSON.stringify({ name });
    expect((await api.done(api.get(PATH, { where }))).results).toEqual([body]);
    expect(await api.done(api.put(`${PATH}/${body.objectId}`, { tide: 'high' }))).toMatchObject({
      objectId: body.objectId,
    });
    expect(await api.done(api.delete(`${PATH}/${body.objectId}`))).toEqual({});
    expect((await api.done(api.get(PATH, { where }))).results).toEqual([]);
    const cid = (await api.done(api.post('/1.2/rtm/conversations'))).objectId;
    expect(refusal(await api.put(`${PATH}/${cid}`, {}))).toEqual([400, 4313, 'SYSTEM_CONVERSATION_REQUIRED']);
  });

  it('are as many as the app allows', async () => {
    const small = await startParley({ store: 'memory', settings: { maxServiceConversations: 1 } });
    const there = new Api(small);
    await there.done(there.post(PATH));
    expect(refusal(await there.post(PATH))).toEqual([400, 4318, 'CONVERSATION_API_QUOTA_EXCEEDED']);
    expect((await there.done(there.get(PATH))).results).toHaveLength(1);
    await small.close();
  });

  it('[F-SYS-03][F-SYS-05] list and count their subscribers, in pages', async () => {
    const sid = await create();
    for (const client of ['carol', 'alice', 'bob', 'count']) expect(await subscribe(sid, client)).toEqual({});
    const path = `${PATH}/${sid}/subscribers`;
    const first = await api.done(api.get(path, { limit: 1 }));
    await subscribe(sid, 'alice');
    expect(first).toEqual([{ timestamp: expect.any(Number), subscriber: 'alice', conv_id: sid }]);
    const rest = await api.done(api.get(path, { client_id: 'alice', limit: 2 }));
    expect(rest.map(({ subscriber }: { subscriber: string }) => subscriber)).toEqual(['bob', 'carol']);
    expect((await api.done(api.get(path)))[0]).toEqual(first[0]);
    expect(await api.done(api.get(`${path}/count`))).toEqual({ count: 4 });
    expect(await api.done(api.delete(`${path}/count`))).toEqual({});
    expect(await api.done(api.delete(`${path}/nobody`))).toEqual({});
    expect(await api.done(api.get(`${path}/count`))).toEqual({ count: 3 });
  });

  it('[F-SYS-05] are listed for a client, the newest or the oldest first', async () => {
    const clock = new FakeClock();
    const timed = await startParley({ clock });
    const there = new Api(timed);
    const sids: string[] = [];
    for (let n = 0; n < 3; n++) {
      const sid = (await there.done(there.post(PATH))).objectId;
      sids.push(sid);
      clock.skip(1000);
      await there.done(there.post(`${PATH}/${sid}/subscribers`, { client_id: 'alice' }));
    }
    const path = '/1.2/rtm/clients/alice/service-conversations';
    const ids = (records: readonly { conv_id: string }[]) => records.map(({ conv_id }) => conv_id);
    const page = await there.done(there.get(path, { limit: 2, direction: 'old' }));
    expect(ids(page)).toEqual([sids[2], sids[1]]);
    const after = { conv_id: page[1].conv_id, timestamp: page[1].timestamp, direction: 'old' };
    expect(ids(await there.done(there.get(path, after)))).toEqual([sids[0]]);
    expect(ids(await there.done(there.get(path)))).toEqual(sids);
    expect(refusal(await there.get(path, { conv_id: 'x' }))).toEqual([
      400,
      1,
      'conv_id and timestamp go together.',
    ]);
    expect(refusal(await there.get(path, { direction: 'up' }))).toEqual([
      400,
      1,
      'direction must be new or old.',
    ]);
    await timed.close();
  });

  it('[F-SYS-01][F-SYS-11] speak to all subscribers, and change and recall what they said', async () => {
    const sid = await create();
    const [alice, bob] = [fresh('alice'), fresh('bob')];
    await subscribe(sid, alice);
    const [subscriber, other] = [await online(alice), await online(bob)];
    const sent = await api.done(
      api.post(`${PATH}/${sid}/broadcasts`, {
        from_client: 'weather-bot',
        message: TEXT,
        push: { alert: 'Storm' },
      }),
    );
    expect(sent.result).toEqual({ 'msg-id': sent['msg-id'], timestamp: sent.timestamp });
    expect(await heard(subscriber)).toEqual([TEXT]);
    expect(await heard(other)).toEqual([]);
    const path = `${PATH}/${sid}/messages/${sent['msg-id']}`;
    const at = { from_client: 'weather-bot', timestamp: sent.timestamp };
    expect(await api.done(api.put(path, { ...at, message: 'moved' }))).toEqual({});
    expect((await subscriber.push(CommandType.patch)).patchMessage?.patches?.[0]?.data).toBe('moved');
    expect(await api.done(api.put(`${path}/recall`, at))).toEqual({});
    expect((await subscriber.push(CommandType.patch)).patchMessage?.patches?.[0]?.recall).toBe(true);
    expect(refusal(await api.put(`${path}/recall`, { ...at, from_client: 'x' }))[1]).toBe(4403);
    await Promise.all([subscriber.close(), other.close()]);
  });

  it('[F-SYS-10][F-SYS-16] speak to some clients, and keep what passed between the two', async () => {
    const sid = await create();
    const alice = fresh('alice');
    const device = await online(alice);
    const body = { from_client: 'weather-bot', to_clients: [alice], message: 'Rain in 10 min' };
    const sent = await api.done(api.post(`${PATH}/${sid}/messages`, body));
    expect(await heard(device)).toEqual(['Rain in 10 min']);
    expect((await say(device, sid, 'thanks')).ackMessage?.code).toBeUndefined();
    const path = `${PATH}/${sid}/subscribers/${alice}/messages`;
    const records = await api.done(api.get(path));
    const logKey = createHash('md5').update(`${sid}:${alice}`).digest('hex');
    expect(records.map(({ data }: { data: string }) => data)).toEqual(['thanks', 'Rain in 10 min']);
    expect(records[1]).toMatchObject({
      'conv-id': logKey,
      to: sid,
      from: 'weather-bot',
      'msg-id': sent['msg-id'],
    });
    const byKey = await api.done(api.get('/1.1/rtm/messages/history', { convid: logKey }));
    expect(byKey).toEqual(records);
    const at = { from_client: 'weather-bot', timestamp: sent.timestamp };
    await api.done(
      api.put(`${PATH}/${sid}/messages/${sent['msg-id']}`, { ...at, message: 'safe', to_clients: [alice] }),
    );
    expect((await api.done(api.get(path)))[1].data).toBe('safe');
    expect(await api.done(api.call('DELETE', `${path}/${sent['msg-id']}`, { query: at }))).toEqual({});
    expect(await api.done(api.get(path))).toHaveLength(1);
    const nowhere = `${PATH}/${'0'.repeat(24)}`;
    for (const kind of ['messages', 'broadcasts']) {
      expect(refusal(await api.post(`${nowhere}/${kind}`, body))).toEqual([
        404,
        4401,
        'INVALID_MESSAGING_TARGET',
      ]);
    }
    const many = Array.from({ length: 21 }, (_, n) => `c${n}`);
    const refused = await api.post(`${PATH}/${sid}/messages`, { ...body, to_clients: many });
    expect(refusal(refused)).toEqual([400, 1, 'to_clients must not have more than 20 items.']);
    await device.close();
  });

  it('[F-MSG-64] reach the devices of who speaks for them, unless no_sync is set', async () => {
    const sid = await create();
    const [zoe, alice] = [fresh('zoe'), fresh('alice')];
    const device = await online(zoe);
    const body = { from_client: zoe, to_clients: [alice] };
    const send = (fields: object) => api.done(api.post(`${PATH}/${sid}/messages`, { ...body, ...fields }));
    await send({ message: 'kept' });
    await send({ message: 'only now', transient: true });
    await send({ message: 'not here', no_sync: true });
    await send({ message: 'to both', to_clients: [zoe, alice] });
    expect(await heard(device)).toEqual(['kept', 'only now', 'to both']);
    await device.close();
  });

  it('[F-MSG-60] are found once for each client they went to, whatever the page', async () => {
    const sid = await create();
    const clients = Array.from({ length: 20 }, (_, n) => fresh(`copy${n}`));
    const from_client = fresh('bot');
    for (let n = 0; n < 3; n++) {
      const body = { from_client, to_clients: clients.slice(0, 7 * n + 6), message: `${n}` };
      await api.done(api.post(`${PATH}/${sid}/messages`, body));
    }
    const own = (records: readonly { from: string }[]) => records.filter(({ from }) => from === from_client);
    const all = own(await api.done(api.get('/1.2/rtm/messages', { limit: 1000 })));
    expect(all).toHaveLength(6 + 13 + 20);
    for (const limit of [1, 2, 7, 20]) {
      for (const reversed of [false, true]) {
        const seen: { from: string }[] = [];
        let place = {};
        for (;;) {
          const page = await api.done(api.get('/1.2/rtm/messages', { limit, reversed, ...place }));
          seen.push(...own(page));
          const last = page.at(-1);
          if (last === undefined) break;
          place = { timestamp: last.timestamp, msgid: last['msg-id'] };
        }
        const text = (record: object) => JSON.stringify(record);
        expect(seen.map(text).sort()).toEqual(all.map(text).sort());
      }
    }
  });

  it('[F-SYS-11] know a message by its time, too: with another nothing is changed', async () => {
    const sid = await create();
    await subscribe(sid, 'alice');
    const some = { from_client: 'bot', to_clients: ['alice'], message: 'to you' };
    const everybody = { from_client: 'bot', conv_id: sid, message: 'to everybody' };
    const sent = [
      [await api.done(api.post(`${PATH}/${sid}/broadcasts`, { from_client: 'bot', message: TEXT })), {}],
      [await api.done(api.post(`${PATH}/${sid}/messages`, some)), { to_clients: ['alice'] }],
      [await api.done(api.post('/1.2/rtm/broadcasts', everybody)), {}],
    ];
    for (const [{ 'msg-id': id, timestamp }, which] of sent) {
      const path = `${PATH}/${sid}/messages/${id}`;
      const wrong = { from_client: 'bot', timestamp: timestamp + 1, ...which };
      const legacy = { conv_id: sid, msg_id: id, from_peer: 'bot', timestamp: timestamp + 1 };
      const to = 'to_clients' in which ? { to_peers: which.to_clients } : {};
      const refused = [
        await api.put(path, { ...wrong, message: 'changed' }),
        await api.put(`${path}/recall`, wrong),
        await api.post('/1.1/rtm/patch/message', { ...legacy, ...to, message: 'changed' }),
        await api.post('/1.1/rtm/patch/message', { ...legacy, ...to, recall: true }),
      ];
      expect(refused.map(({ body }) => body.code)).toEqual([4404, 4404, 4404, 4404]);
    }
    const kept = await api.done(api.get(`${PATH}/${sid}/subscribers/alice/messages`));
    expect(kept.map(({ data }: { data: string }) => data)).toEqual(['to you', TEXT]);
  });

  it('[F-MSG-61] delete for one subscriber what they said to all', async () => {
    const sid = await create();
    const [alice, bob] = [fresh('alice'), fresh('bob')];
    for (const client of [alice, bob]) await subscribe(sid, client);
    const device = await online(alice);
    const toAll = async (message: string) => {
      const body = { from_client: 'weather-bot', message };
      return api.done(api.post(`${PATH}/${sid}/broadcasts`, body));
    };
    const sent = [await toAll('one'), await toAll('two'), await toAll('three')];
    const toAlice = { from_client: 'weather-bot', to_clients: [alice], message: 'to you' };
    await api.done(api.post(`${PATH}/${sid}/messages`, toAlice));
    expect(await heard(device)).toEqual(['one', 'two', 'three', 'to you']);
    const path = (client: string) => `${PATH}/${sid}/subscribers/${client}/messages`;
    const query = { from_client: 'weather-bot', timestamp: sent[1].timestamp };
    const remove = (client: string, changes = {}, id = sent[1]['msg-id']) =>
      api.call('DELETE', `${path(client)}/${id}`, { query: { ...query, ...changes } });
    const notFound = [404, 4404, 'MESSAGE_NOT_FOUND'];
    expect(refusal(await remove(alice, { timestamp: query.timestamp + 1 }))).toEqual(notFound);
    expect(refusal(await remove(alice, {}, 'unknown'))).toEqual(notFound);
    expect(refusal(await remove(alice, { from_client: 'x' }))).toEqual([
      403,
      4403,
      'MESSAGE_OWNERSHIP_REQUIRED',
    ]);
    const stranger = fresh('stranger');
    const refused = await remove(stranger);
    expect(refusal(refused)).toEqual(notFound);
    expect(refused.body.detail).toBe(
      `There is no message ${sent[1]['msg-id']} of ${query.timestamp} in what ${stranger} sees of service ${sid}.`,
    );

    expect((await remove(alice)).body).toEqual({});
    const [entry] = (await api.done(api.get('/1.2/rtm/audit', { target: sid, limit: 1 }))).results;
    expect(entry).toMatchObject({
      action: 'message.delete',
      details: { clientId: alice, mid: sent[1]['msg-id'], from_client: 'weather-bot' },
    });
    expect(refusal(await remove(alice))).toEqual(notFound);
    const texts = async (from: string, parameters = {}) =>
      (await api.done(api.get(from, parameters))).map(({ data }: { data: string }) => data);
    const left = ['to you', 'three', 'one'];
    expect(await texts(path(alice))).toEqual(left);
    expect(await texts(path(alice), { limit: 3 })).toEqual(left);
    expect(await texts(path(alice), { limit: 2, reversed: true })).toEqual(['one', 'three']);
    const start = { timestamp: sent[2].timestamp, msgid: sent[2]['msg-id'], limit: 1 };
    expect(await texts(path(alice), start)).toEqual(['one']);
    expect(await texts(path(bob))).toEqual(['three', 'two', 'one']);
    const logKey = createHash('md5').update(`${sid}:${alice}`).digest('hex');
    expect(await texts('/1.1/rtm/messages/history', { convid: logKey })).toEqual(left);
    expect(await texts('/1.1/rtm/messages/history', { convid: sid })).toEqual(['three', 'two', 'one']);
    const unread = async (client: string) =>
      (await api.done(api.get(`/1.1/rtm/messages/unread/${client}/${sid}`))).count;
    expect([await unread(alice), await unread(bob)]).toEqual([3, 3]);
    expect(await heard(device)).toEqual([]);
    await device.close();
  });

  it('[F-MSG-61] delete it by the name older programs have for the exchange, too', async () => {
    const sid = await create();
    const alice = fresh('alice');
    await subscribe(sid, alice);
    const said = await api.done(api.post(`${PATH}/${sid}/broadcasts`, { from_client: 'bot', message: TEXT }));
    await api.done(
      api.post(`${PATH}/${sid}/messages`, { from_client: 'bot', to_clients: [alice], message: 'to you' }),
    );
    const convid = createHash('md5').update(`${sid}:${alice}`).digest('hex');
    const query = { convid, msgid: said['msg-id'], timestamp: said.timestamp };
    const remove = () => api.call('DELETE', '/1.1/rtm/messages/logs', { query });
    expect((await remove()).body).toEqual({});
    expect(refusal(await remove())).toEqual([404, 4404, 'MESSAGE_NOT_FOUND']);
    expect(await api.done(api.get('/1.1/rtm/messages/logs', { convid }))).toHaveLength(1);
    expect(await api.done(api.get('/1.1/rtm/messages/logs', { convid: sid }))).toHaveLength(1);
  });

  it('[F-MSG-60][F-MSG-61] read and delete by it also what was said to all, where the two never spoke', async () => {
    const sid = await create();
    const bob = fresh('bob');
    await subscribe(sid, bob);
    await api.done(api.post(`${PATH}/${sid}/broadcasts`, { from_client: 'weather-bot', message: 'to all' }));
    const records = await api.done(api.get(`${PATH}/${sid}/subscribers/${bob}/messages`));
    const [{ 'conv-id': convid, 'msg-id': msgid, timestamp }] = records;
    expect(await api.done(api.get('/1.1/rtm/messages/history', { convid }))).toEqual(records);
    await api.done(api.call('DELETE', '/1.1/rtm/messages/logs', { query: { convid, msgid, timestamp } }));
    expect(await api.done(api.get('/1.1/rtm/messages/history', { convid }))).toEqual([]);
  });

  it('[F-MSG-61] do not delete for one what was said to everybody', async () => {
    const sid = await create();
    const alice = fresh('alice');
    await subscribe(sid, alice);
    const body = { from_client: 'ops', conv_id: sid, message: TEXT };
    const sent = await api.done(api.post('/1.2/rtm/broadcasts', body));
    const path = `${PATH}/${sid}/subscribers/${alice}/messages/${sent['msg-id']}`;
    const query = { from_client: 'ops', timestamp: sent.timestamp };
    expect(refusal(await api.call('DELETE', path, { query }))).toEqual([
      400,
      1,
      'A broadcast to all clients cannot be deleted for one of them; withdraw it.',
    ]);
    expect(await api.done(api.get('/1.2/rtm/broadcasts', { conv_id: sid }))).toHaveLength(1);
  });

  it('[F-GRP-16][F-GRP-18] keep blocked clients out, and end their subscription', async () => {
    const sid = await create();
    const spammer = fresh('spammer');
    await subscribe(sid, spammer);
    const path = `${PATH}/${sid}/blacklists`;
    expect(await api.done(api.post(path, { client_ids: [spammer] }))).toEqual({});
    expect(await api.done(api.get(`${PATH}/${sid}/subscribers/count`))).toEqual({ count: 0 });
    expect(refusal(await api.post(`${PATH}/${sid}/subscribers`, { client_id: spammer }))).toEqual([
      400,
      4548,
      'BLOCKED_BY_CONV',
    ]);
    expect(await api.done(api.get(path, { limit: 10 }))).toEqual({ client_ids: [spammer] });
    const someone = fresh('reader');
    const [blocked, reader] = [await online(spammer), await online(someone)];
    const some = { from_client: 'bot', to_clients: [spammer, someone], message: 'to you' };
    await api.done(api.post(`${PATH}/${sid}/messages`, some));
    await api.done(api.post(`${PATH}/${sid}/messages`, { ...some, to_clients: [spammer] }));
    expect([await heard(blocked), await heard(reader)]).toEqual([[], ['to you']]);
    await api.done(api.delete(path, { client_ids: [spammer] }));
    await subscribe(sid, spammer);
  });
});

describe('broadcasts', () => {
  it('[F-SYS-12][F-SYS-14] reach everybody, are listed while they are delivered, and can be withdrawn', async () => {
    const sid = await create();
    const device = await online(fresh('anybody'));
    const valid_till = Date.now() + 3600_000;
    const body = { from_client: 'ops', conv_id: sid, message: 'Maintenance tonight', valid_till };
    const sent = await api.done(api.post('/1.2/rtm/broadcasts', body));
    expect(await heard(device)).toEqual(['Maintenance tonight']);
    const query = { conv_id: sid, limit: 10 };
    expect(await api.done(api.get('/1.2/rtm/broadcasts', query))).toMatchObject([
      {
        'msg-id': sent['msg-id'],
        to: sid,
        from: 'ops',
        data: 'Maintenance tonight',
        valid_till,
        transient: false,
      },
    ]);
    expect(await api.done(api.delete(`/1.2/rtm/broadcasts/${sent['msg-id']}`))).toEqual({});
    expect(await api.done(api.get('/1.2/rtm/broadcasts', query))).toEqual([]);
    expect(refusal(await api.delete('/1.2/rtm/broadcasts/unknown'))).toEqual([
      404,
      4404,
      'MESSAGE_NOT_FOUND',
    ]);
    const past = await api.post('/1.2/rtm/broadcasts', { ...body, valid_till: 1000 });
    expect(refusal(past)).toEqual([400, 1, 'valid_till is in the past.']);
    const cid = (await api.done(api.post('/1.2/rtm/conversations'))).objectId;
    const wrong = await api.post('/1.2/rtm/broadcasts', { ...body, conv_id: cid });
    expect(refusal(wrong)).toEqual([400, 4313, 'SYSTEM_CONVERSATION_REQUIRED']);
    await device.close();
  });

  it('[F-SYS-15] are kept nowhere where they are transient', async () => {
    const sid = await create();
    const device = await online(fresh('anybody'));
    const body = { from_peer: 'ops', conv_id: sid, message: 'now', transient: true };
    await api.done(api.post('/1.1/rtm/broadcast', body));
    expect(await heard(device)).toEqual(['now']);
    expect(await api.done(api.get('/1.1/rtm/broadcast', { conv_id: sid }))).toEqual([]);
    await device.close();
  });
});

describe('budgets', () => {
  it('[F-LIM-06][F-LIM-07] are shared by both versions, apart from each other, and only for what is accepted', async () => {
    const clock = new FakeClock();
    const settings = { restMessagesPerMinute: 2, restSubscriberMessages: { perMinute: 1, perDay: 2 } };
    const strict = await startParley({ clock, settings });
    const there = new Api(strict);
    const cid = (await there.done(there.post('/1.2/rtm/conversations'))).objectId;
    const sid = (await there.done(there.post(PATH))).objectId;
    const message = { from_client: 'a', message: 'x' };
    const send = () => there.post(`/1.2/rtm/conversations/${cid}/messages`, message);
    const sendOld = () => there.post('/1.1/rtm/messages', { from_peer: 'a', conv_id: cid, message: 'x' });
    await there.post(`/1.2/rtm/conversations/${cid}/messages`, {});
    const unknown = `/1.2/rtm/conversations/${'0'.repeat(24)}/messages`;
    const long = { ...message, message: 'x'.repeat(6000) };
    for (let n = 0; n < 3; n++) {
      expect((await there.post(unknown, message)).body.code).toBe(4401);
      expect((await there.post(`/1.2/rtm/conversations/${cid}/messages`, long)).body.code).toBe(4109);
      const inner = { method: 'POST', path: unknown, body: message };
      const [answer] = await there.done(there.post('/1.1/batch', { requests: [inner] }));
      expect(answer.error.code).not.toBe(429);
    }
    await there.done(send());
    await there.done(sendOld());
    const refused = await send();
    expect(refusal(refused)).toEqual([429, 429, 'Too many requests.']);
    expect(refused.headers.get('retry-after')).toBe('60');
    expect((await sendOld()).status).toBe(429);
    expect(await there.done(there.get(`/1.2/rtm/conversations/${cid}/messages`))).toHaveLength(1);
    const speak = () => there.post(`${PATH}/${sid}/broadcasts`, message);
    const speakOld = () =>
      there.post('/1.1/rtm/broadcast/subscriber', { from_peer: 'a', conv_id: sid, message: 'x' });
    await there.done(speak());
    expect((await speakOld()).status).toBe(429);
    clock.skip(60_000);
    await there.done(send());
    await there.done(speakOld());
    clock.skip(60_000);
    expect((await speak()).status).toBe(429);
    clock.skip(24 * 3600_000);
    await there.done(speak());
    await strict.close();
  });

  it('[F-LIM-07] of broadcasts are used by changing one, too; of subscribers by changing what they were told', async () => {
    const settings = {
      restBroadcasts: { perMinute: 2, perDay: 0 },
      restSubscriberMessages: { perMinute: 3, perDay: 0 },
    };
    const strict = await startParley({ store: 'memory', settings });
    const there = new Api(strict);
    const sid = (await there.done(there.post(PATH))).objectId;
    const said = { from_client: 'ops', message: 'x' };
    const change = (sent: { 'msg-id': string; timestamp: number }, what = '') =>
      there.put(`${PATH}/${sid}/messages/${sent['msg-id']}${what}`, { ...said, timestamp: sent.timestamp });
    const toAll = await there.done(there.post('/1.2/rtm/broadcasts', { ...said, conv_id: sid }));
    const toSubscribers = await there.done(there.post(`${PATH}/${sid}/broadcasts`, said));
    await there.done(change(toAll));
    expect((await change(toAll)).status).toBe(429);
    await there.done(change(toSubscribers));
    await there.done(change(toSubscribers, '/recall'));
    expect((await change(toSubscribers)).status).toBe(429);
    await strict.close();
  });
});
