import { CommandType, OpType } from '@parley/protocol';
import { FakeClock, openMemoryStore, type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conv, say, startConversation } from './flow.ts';
import { Api, refusal } from './rest/api.ts';

const CLIENTS = '/1.2/rtm/clients';
const BANNED = '/1.2/rtm/banned-clients';

const clock = new FakeClock();
let parley: Parley;
let api: Api;
beforeAll(async () => {
  parley = await startParley({ store: 'memory', clock });
  api = new Api(parley);
});
afterAll(() => parley.close());

let made = 0;
const fresh = (name: string) => `${name}-${++made}`;

async function tryLogin(id: string, fields = {}) {
  const device = await TestClient.connect(parley.wsUrl);
  const answer = await device.login(parley.appId, id, fields);
  await device.close();
  return answer;
}

describe('a ban', () => {
  it('[F-SESS-42] ends every session with 4106 and the reason, and refuses every login from then on', async () => {
    const bob = fresh('bob');
    const phone = await TestClient.connect(parley.wsUrl);
    const opened = await phone.login(parley.appId, bob);
    const tablet = await TestClient.open(parley, bob);
    const token = opened.sessionMessage?.st ?? '';
    const asks = () =>
      api.call('GET', '/1.1/rtm/notifications', {
        query: { client_id: bob, start_ts: 0 },
        as: 'app',
        headers: { 'X-LC-IM-Session-Token': token },
      });
    expect((await asks()).status).toBe(200);
    expect(await api.done(api.post(`${CLIENTS}/${bob}/ban`, { reason: 'spam' }))).toEqual({
      client_id: bob,
      since: new Date(clock.now()).toISOString(),
      reason: 'spam',
    });
    for (const device of [phone, tablet]) {
      const closed = await device.push(CommandType.session, OpType.closed);
      expect(closed.sessionMessage).toMatchObject({ code: 4106, reason: 'BLACKLISTED', detail: 'spam' });
    }
    expect(refusal(await asks())).toEqual([401, 4112, 'SESSION_TOKEN_EXPIRED']);
    expect((await api.done(api.post(`${CLIENTS}/check-online`, { client_ids: [bob] }))).results).toEqual([]);
    for (const fields of [{}, { st: token }, { r: true, st: token }, { tag: 'other', deviceId: 'new' }]) {
      expect((await tryLogin(bob, fields)).errorMessage).toMatchObject({
        code: 4106,
        reason: 'BLACKLISTED',
        detail: 'spam',
      });
    }
    // Nobody else on the connection suffers for it.
    expect((await phone.login(parley.appId, fresh('alice'))).op).toBe(OpType.opened);
    await Promise.all([phone.close(), tablet.close()]);
  });

  it('[F-SESS-42] puts the client out of its chat room, and fires no will', async () => {
    const bob = fresh('bob');
    const room = (await api.done(api.post('/1.2/rtm/chatrooms'))).objectId;
    const device = await TestClient.open(parley, bob);
    const watcher = await TestClient.open(parley, fresh('watcher'));
    const cid = await startConversation(watcher, { m: [bob] });
    await conv(device, OpType.add, { cid: room, m: [bob] });
    await say(device, cid, 'farewell', { will: true });
    await api.done(api.post(`${CLIENTS}/${bob}/ban`));
    await device.push(CommandType.session, OpType.closed);
    expect(await api.done(api.get(`/1.2/rtm/chatrooms/${room}/members/online-count`))).toEqual({ result: 0 });
    await device.close();
    await watcher.settled();
    expect(watcher.inbox.filter(({ cmd }) => cmd === CommandType.direct)).toEqual([]);
    await watcher.close();
  });

  it('[F-SESS-42] ends by itself where it is for a while, and old tokens stay void', async () => {
    const bob = fresh('bob');
    const device = await TestClient.connect(parley.wsUrl);
    const { sessionMessage } = await device.login(parley.appId, bob);
    await device.close();
    const ban = await api.done(api.post(`${CLIENTS}/${bob}/ban`, { ttl: 60 }));
    expect(Date.parse(ban.until) - Date.parse(ban.since)).toBe(60_000);
    clock.skip(59_999);
    expect((await tryLogin(bob)).errorMessage).toMatchObject({
      code: 4106,
      detail: `${bob} is banned from this app until ${ban.until}.`,
    });
    clock.skip(1);
    expect((await tryLogin(bob, { st: sessionMessage?.st })).errorMessage?.code).toBe(4112);
    expect((await tryLogin(bob)).op).toBe(OpType.opened);
  });

  it('[F-SESS-42] is lifted, and may be renewed with another end', async () => {
    const bob = fresh('bob');
    await api.done(api.post(`${CLIENTS}/${bob}/ban`, { ttl: 10 }));
    await api.done(api.post(`${CLIENTS}/${bob}/ban`, { reason: 'for good' }));
    clock.skip(10_000);
    expect((await tryLogin(bob)).errorMessage?.detail).toBe('for good');
    expect(await api.done(api.delete(`${CLIENTS}/${bob}/ban`))).toEqual({});
    expect((await tryLogin(bob)).op).toBe(OpType.opened);
    expect(await api.done(api.delete(`${CLIENTS}/${bob}/ban`))).toEqual({});
  });

  it('[F-SESS-42] answers Java’s automatic reopen, which has no request id, in the way it understands', async () => {
    const bob = fresh('bob');
    await api.done(api.post(`${CLIENTS}/${bob}/ban`));
    const device = await TestClient.connect(parley.wsUrl);
    device.send({
      cmd: CommandType.session,
      op: OpType.open,
      appId: parley.appId,
      peerId: bob,
      sessionMessage: { r: true },
    });
    const closed = await device.push(CommandType.session, OpType.closed);
    expect(closed.sessionMessage).toMatchObject({ code: 4106, reason: 'BLACKLISTED' });
    await device.close();
  });

  it('[F-SESS-42] needs the master key, a time within bounds and a short reason', async () => {
    const path = `${CLIENTS}/someone/ban`;
    expect((await api.call('POST', path, { as: 'app' })).status).toBe(403);
    expect((await api.call('DELETE', path, { as: 'app' })).status).toBe(403);
    expect((await api.call('GET', BANNED, { as: 'app' })).status).toBe(403);
    expect(refusal(await api.post(path, { ttl: 0 }))).toEqual([
      400,
      1,
      'ttl must be seconds from 1 to 315360000.',
    ]);
    expect((await api.post(path, { reason: 'x'.repeat(101) })).status).toBe(400);
  });
});

describe('the list of bans', () => {
  it('[F-SESS-42] is read page by page, has only what is in force, and outlives a restart', async () => {
    const store = { ...(await openMemoryStore()), close: async () => {} };
    const first = await startParley({ store, clock });
    const there = new Api(first);
    for (const id of ['e', 'c', 'a', 'd', 'b']) {
      await there.done(there.post(`${CLIENTS}/${id}/ban`, id === 'c' ? { ttl: 5 } : {}));
    }
    clock.skip(5000);
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const page = await there.done(there.get(BANNED, { limit: 2, ...(next !== undefined && { next }) }));
      expect(page.results.length).toBeLessThanOrEqual(2);
      seen.push(...page.results.map(({ client_id }: { client_id: string }) => client_id));
      next = page.next;
    } while (next !== undefined);
    expect(seen).toEqual(['a', 'b', 'd', 'e']);
    await first.close();
    const second = await startParley({ store, clock });
    const device = await TestClient.connect(second.wsUrl);
    expect((await device.login(second.appId, 'a')).errorMessage?.code).toBe(4106);
    expect((await device.login(second.appId, 'c')).op).toBe(OpType.opened);
    await device.close();
    await second.close();
  });
});
