import { createHmac } from 'node:crypto';
import { CommandType, OpType } from '@parley/protocol';
import { FakeClock, type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conv, say, startConversation } from '../flow.ts';
import { Api, refusal } from './api.ts';

const CLIENTS = '/1.2/rtm/clients';
const CONVERSATIONS = '/1.2/rtm/conversations';

let parley: Parley;
let api: Api;
beforeAll(async () => {
  parley = await startParley();
  api = new Api(parley);
});
afterAll(() => parley.close());

let made = 0;
const fresh = (name: string) => `${name}-${++made}`;

describe('who is online', () => {
  it('[F-SESS-37][F-CONV-23] is asked of up to 20 clients', async () => {
    const alice = fresh('alice');
    const device = await TestClient.open(parley, alice);
    const ask = (client_ids: readonly string[]) => api.post(`${CLIENTS}/check-online`, { client_ids });
    expect((await ask([alice, 'never seen', alice])).body).toEqual({ results: [alice] });
    const many = Array.from({ length: 21 }, (_, n) => `c${n}`);
    expect(refusal(await ask(many))).toEqual([400, 1, 'client_ids must not have more than 20 items.']);
    await device.close();
  });

  it('[F-SESS-38] is counted, and so is who was there today', async () => {
    const clock = new FakeClock(new Date(2026, 0, 31, 23, 0).getTime());
    const timed = await startParley({ clock });
    const there = new Api(timed);
    const stats = async () => (await there.done(there.get('/1.2/rtm/stats'))).result;
    expect(await stats()).toEqual({ online_user_count: 0, user_count_today: 0 });
    const devices = [
      await TestClient.open(timed, 'a'),
      await TestClient.open(timed, 'a'),
      await TestClient.open(timed, 'b'),
    ];
    expect(await stats()).toEqual({ online_user_count: 2, user_count_today: 2 });
    await devices[2]?.close();
    await TestClient.open(timed, 'c');
    expect((await stats()).user_count_today).toBe(3);
    clock.skip(2 * 3600 * 1000);
    expect((await stats()).user_count_today).toBe(0);
    await TestClient.open(timed, 'd');
    expect((await stats()).user_count_today).toBe(1);
    await timed.close();
  });

  it('[F-SESS-15] counts a client on more than five addresses at once as one user for each', async () => {
    const busy = await startParley();
    const there = new Api(busy);
    const stats = async () => (await there.done(there.get('/1.2/rtm/stats'))).result;
    const from = (localAddress: string) => TestClient.open(busy, 'shared', {}, { localAddress });
    for (const n of [1, 2, 3, 4, 5]) await from(`127.0.0.${n}`);
    await from('127.0.0.5');
    expect(await stats()).toEqual({ online_user_count: 1, user_count_today: 1 });
    await from('127.0.0.6');
    expect(await stats()).toEqual({ online_user_count: 1, user_count_today: 6 });
    await from('127.0.0.7');
    expect((await stats()).user_count_today).toBe(7);
    await busy.close();
  });
});

describe('unread messages', () => {
  it('[F-MSG-47] are counted in one conversation or in all, with the app key', async () => {
    const bob = fresh('bob');
    const cids: string[] = [];
    for (const texts of [['a', 'b'], ['c']]) {
      const cid = (await api.done(api.post(CONVERSATIONS, { m: [bob] }))).objectId;
      cids.push(cid);
      for (const message of texts)
        await api.done(api.post(`${CONVERSATIONS}/${cid}/messages`, { from_client: 'x', message }));
    }
    const count = async (query = {}) =>
      (await api.call('GET', `${CLIENTS}/${bob}/unread-count`, { query, as: 'app' })).body;
    expect(await count()).toEqual({ count: 3 });
    expect(await count({ conv_id: cids[0] })).toEqual({ count: 2 });
    expect(await count({ conv_id: `${cids[1]}00000000` })).toEqual({ count: 1 });
    expect(await count({ conv_id: 'unknown' })).toEqual({ count: 0 });
  });

  it('are those of client ids of up to 64 characters', async () => {
    const long = encodeURIComponent('ü'.repeat(64));
    expect((await api.get(`${CLIENTS}/${long}/unread-count`)).body).toEqual({ count: 0 });
    expect(refusal(await api.get(`${CLIENTS}/${long}x/unread-count`))).toEqual([400, 4103, 'INVALID_LOGIN']);
  });
});

describe('a client whose id has a slash, a percent sign, a space, a colon and an umlaut', () => {
  it('is found in every path that names a client', async () => {
    const odd = `a/b %2F:ü${fresh('')}`;
    const self = encodeURIComponent(odd);
    const cid = (await api.done(api.post(CONVERSATIONS, { m: [odd] }))).objectId;
    const sid = (await api.done(api.post('/1.2/rtm/service-conversations'))).objectId;
    const service = `/1.2/rtm/service-conversations/${sid}`;
    const said = await api.done(
      api.post(`${CONVERSATIONS}/${cid}/messages`, { from_client: odd, message: 'mine', no_sync: true }),
    );
    await api.done(api.post(`${CONVERSATIONS}/${cid}/messages`, { from_client: 'x', message: 'x' }));
    for (const path of [
      `${CLIENTS}/${self}/unread-count`,
      `/1.1/rtm/messages/unread/${self}`,
      `/1.1/rtm/messages/unread/${self}/${cid}`,
    ]) {
      expect([path, (await api.get(path)).body]).toEqual([path, { count: 1 }]);
    }
    expect((await api.get(`${CLIENTS}/${self}/messages`)).body).toMatchObject([
      { from: odd, 'msg-id': said['msg-id'] },
    ]);
    await api.done(api.post(`${service}/subscribers`, { client_id: odd }));
    expect((await api.get(`${CLIENTS}/${self}/service-conversations`)).body).toMatchObject([
      { subscriber: odd, conv_id: sid },
    ]);
    const told = await api.done(
      api.post(`${service}/messages`, { from_client: 'bot', to_clients: [odd], message: 'yours' }),
    );
    const log = `${service}/subscribers/${self}/messages`;
    expect((await api.get(log)).body).toMatchObject([{ data: 'yours' }]);
    const query = { from_client: 'bot', timestamp: told.timestamp };
    await api.done(api.call('DELETE', `${log}/${told['msg-id']}`, { query }));
    expect((await api.get(log)).body).toEqual([]);
    await api.done(api.delete(`${service}/subscribers/${self}`));
    expect((await api.get(`${service}/subscribers/count`)).body).toEqual({ count: 0 });
    await api.done(api.post(`${CLIENTS}/${self}/blacklists`, { conv_id: sid }));
    expect((await api.get(`${CLIENTS}/${self}/blacklists`)).body).toEqual({ conv_ids: [sid] });
    await api.done(api.delete(`${CLIENTS}/${self}/blacklists`, { conv_id: sid }));
    const device = await TestClient.open(parley, odd);
    await api.done(api.post(`${CLIENTS}/${self}/kick`, { reason: 'enough' }));
    const { sessionMessage } = await device.push(CommandType.session, OpType.closed);
    expect(sessionMessage?.detail).toBe('enough');
    await device.close();
  });
});

describe('a kick', () => {
  it('[F-SESS-27] ends every session with 4115 and the reason, voids the token, and lets the client come back', async () => {
    const bob = fresh('bob');
    const phone = await TestClient.connect(parley.wsUrl);
    const opened = await phone.login(parley.appId, bob);
    const tablet = await TestClient.open(parley, bob);
    const tokenWorks = async () => {
      const { status } = await api.call('GET', '/1.1/rtm/notifications', {
        query: { client_id: bob, start_ts: 0 },
        as: 'app',
        headers: { 'X-LC-IM-Session-Token': opened.sessionMessage?.st ?? '' },
      });
      return status === 200;
    };
    expect(await tokenWorks()).toBe(true);
    const kicked = await api.post(`${CLIENTS}/${bob}/kick`, { reason: 'abuse' });
    expect([kicked.status, kicked.body]).toEqual([200, {}]);
    for (const device of [phone, tablet]) {
      const closed = await device.push(CommandType.session, OpType.closed);
      expect(closed.sessionMessage).toMatchObject({ code: 4115, reason: 'KICKED_BY_APP', detail: 'abuse' });
    }
    expect(await tokenWorks()).toBe(false);
    expect((await api.done(api.post(`${CLIENTS}/check-online`, { client_ids: [bob] }))).results).toEqual([]);
    expect((await phone.login(parley.appId, bob)).op).toBe(OpType.opened);
    await Promise.all([phone.close(), tablet.close()]);
  });

  it('[F-SESS-27] puts the client out of its chat room, and fires no will', async () => {
    const bob = fresh('bob');
    const room = (await api.done(api.post('/1.2/rtm/chatrooms'))).objectId;
    const device = await TestClient.open(parley, bob, { tag: 'phone', deviceId: 'p' });
    const watcher = await TestClient.open(parley, fresh('watcher'));
    const cid = await startConversation(watcher, { m: [bob] });
    await device.push(CommandType.conv, OpType.joined);
    await conv(device, OpType.add, { cid: room, m: [bob] });
    await say(device, cid, 'farewell', { will: true });
    await api.done(api.post(`${CLIENTS}/${bob}/kick`));
    await device.push(CommandType.session, OpType.closed);
    expect(await api.done(api.get(`/1.2/rtm/chatrooms/${room}/members/online-count`))).toEqual({ result: 0 });
    await device.close();
    await watcher.settled();
    expect(watcher.inbox.filter(({ cmd }) => cmd === CommandType.direct)).toEqual([]);
    const back = await TestClient.open(parley, bob, { tag: 'phone', deviceId: 'another', r: true });
    await Promise.all([back.close(), watcher.close()]);
  });

  it('[F-SESS-27] takes a reason of 20 characters, and clients that are not there', async () => {
    expect(await api.done(api.post(`${CLIENTS}/nobody/kick`, { reason: 'x'.repeat(20) }))).toEqual({});
    const refused = await api.post(`${CLIENTS}/nobody/kick`, { reason: 'x'.repeat(21) });
    expect(refusal(refused)).toEqual([400, 1, 'reason must not have more than 20 characters.']);
  });

  it('[F-SESS-28] voids login signatures where the app wants that', async () => {
    const clock = new FakeClock();
    for (const kickVoidsSignatures of [true, false]) {
      const signing = await startParley({ clock, settings: { signLogin: true, kickVoidsSignatures } });
      const there = new Api(signing);
      const signed = (t: number) => {
        const text = `${signing.appId}:bob::${t}:nonce`;
        return { t, n: 'nonce', s: createHmac('sha1', signing.masterKey).update(text).digest('hex') };
      };
      const before = signed(clock.now());
      const device = await TestClient.connect(signing.wsUrl);
      expect((await device.login(signing.appId, 'bob', before)).op).toBe(OpType.opened);
      await there.done(there.post(`${CLIENTS}/bob/kick`));
      await device.push(CommandType.session, OpType.closed);
      const again = await device.login(signing.appId, 'bob', before);
      if (kickVoidsSignatures) expect(again.errorMessage?.code ?? again.sessionMessage?.code).toBe(4102);
      else expect(again.op).toBe(OpType.opened);
      clock.skip(1000);
      expect((await device.login(signing.appId, 'bob', signed(clock.now()))).op).toBe(OpType.opened);
      await device.close();
      await signing.close();
    }
  });
});

describe('conversations a client refuses', () => {
  it('[F-GRP-20] cannot be added to by others, and can be joined', async () => {
    const [alice, bob] = [fresh('alice'), fresh('bob')];
    const device = await TestClient.open(parley, bob);
    const owner = await TestClient.open(parley, alice);
    const cid = await startConversation(owner, { m: [] });
    const path = `${CLIENTS}/${bob}/blacklists`;
    expect(await api.done(api.post(path, { conv_id: cid }))).toEqual({});
    await api.done(api.post(path, { conv_id: 'another' }));
    const first = await api.done(api.get(path, { limit: 1 }));
    expect(first).toEqual({ conv_ids: [cid], next: expect.any(String) });
    expect(await api.done(api.get(path, { limit: 1, next: first.next }))).toEqual({ conv_ids: ['another'] });

    const added = await conv(owner, OpType.add, { cid, m: [bob, 'carol'] });
    expect(added.convMessage?.allowedPids).toEqual(['carol']);
    expect(added.convMessage?.failedPids?.[0]).toMatchObject({ code: 4308, pids: [bob] });
    const byServer = await api.post(`${CONVERSATIONS}/${cid}/members`, { client_ids: [bob] });
    expect(refusal(byServer)).toEqual([400, 4308, 'CONVERSATION_NOT_ALLOWED']);
    expect((await conv(device, OpType.add, { cid, m: [bob] })).convMessage?.allowedPids).toEqual([bob]);
    await conv(device, OpType.remove, { cid, m: [bob] });

    expect(await api.done(api.delete(path, { conv_id: cid }))).toEqual({});
    await api.done(api.post(`${CONVERSATIONS}/${cid}/members`, { client_ids: [bob] }));
    await Promise.all([device.close(), owner.close()]);
  });
});

describe('messages across conversations', () => {
  it('[F-MSG-60] are those of one client, or of the whole app', async () => {
    const only = await startParley();
    const there = new Api(only);
    const [one, two] = [
      (await there.done(there.post(CONVERSATIONS, { m: ['alice'] }))).objectId,
      (await there.done(there.post('/1.2/rtm/chatrooms'))).objectId,
    ];
    await there.done(there.post(`${CONVERSATIONS}/${one}/messages`, { from_client: 'alice', message: 'a' }));
    await there.done(there.post(`/1.2/rtm/chatrooms/${two}/messages`, { from_client: 'bob', message: 'b' }));
    await there.done(
      there.post(`/1.2/rtm/chatrooms/${two}/messages`, { from_client: 'alice', message: 'c' }),
    );
    const data = async (path: string, query = {}) =>
      (await there.done(there.get(path, query))).map((record: { data: string }) => record.data);
    expect(await data('/1.2/rtm/messages')).toEqual(['c', 'b', 'a']);
    expect(await data('/1.2/rtm/messages', { reversed: true, limit: 2 })).toEqual(['a', 'b']);
    expect(await data(`${CLIENTS}/alice/messages`)).toEqual(['c', 'a']);
    const [record] = await there.done(there.get(`${CLIENTS}/bob/messages`));
    expect(record).toMatchObject({ to: two, 'conv-id': `${two}00000000`, from: 'bob' });
    await only.close();
  });

  it('[F-MSG-61] lose what is deleted, without a word to clients', async () => {
    const alice = fresh('alice');
    const device = await TestClient.open(parley, alice);
    const cid = await startConversation(device, { m: [] });
    const sent = (await say(device, cid, 'regret')).ackMessage;
    const path = `${CONVERSATIONS}/${cid}/messages/${sent?.uid}`;
    const at = { from_client: alice, timestamp: Number(sent?.t) };
    expect(refusal(await api.call('DELETE', path, { query: { ...at, from_client: 'x' } }))).toEqual([
      403,
      4403,
      'MESSAGE_OWNERSHIP_REQUIRED',
    ]);
    await device.settled();
    device.inbox.splice(0);
    expect(await api.done(api.call('DELETE', path, { query: at }))).toEqual({});
    await device.settled();
    expect(device.inbox).toEqual([]);
    expect(await api.done(api.get(`${CLIENTS}/${alice}/messages`))).toEqual([]);
    expect(refusal(await api.delete(path, at))).toEqual([404, 4404, 'MESSAGE_NOT_FOUND']);
    expect(refusal(await api.delete(path))).toEqual([400, 1, 'from_client is required.']);
    await device.close();
  });
});
