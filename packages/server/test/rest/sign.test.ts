import { createHmac } from 'node:crypto';
import { OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conv, startConversation } from '../flow.ts';
import { Api, refusal } from './api.ts';

let parley: Parley;
let api: Api;
beforeAll(async () => {
  parley = await startParley({ settings: { signLogin: true } });
  api = new Api(parley);
});
afterAll(() => parley.close());

describe('signing the login of a user', () => {
  it('[F-SESS-39][F-SESS-40] exchanges a session for another signature each time, which opens a session', async () => {
    const user = { username: 'tom', password: 'a good password' };
    const signedUp = await api.call('POST', '/1.1/users', { body: user, as: 'app' });
    const { objectId, sessionToken } = signedUp.body;
    const body = { session_token: sessionToken };
    const first = await api.call('POST', '/1.1/rtm/sign', { body, as: 'app' });
    expect(first.body).toEqual({
      client_id: objectId,
      nonce: expect.any(String),
      timestamp: expect.any(Number),
      signature: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    const { nonce, timestamp, signature } = first.body;
    const text = `${parley.appId}:${objectId}::${timestamp}:${nonce}`;
    expect(signature).toBe(createHmac('sha1', parley.masterKey).update(text).digest('hex'));
    const second = await api.call('GET', '/1.2/rtm/clients/sign', { query: body, as: 'app' });
    expect(second.body.signature).not.toBe(signature);
    const device = await TestClient.connect(parley.wsUrl);
    const opened = await device.login(parley.appId, objectId, { t: timestamp, n: nonce, s: signature });
    expect(opened.op).toBe(OpType.opened);
    await device.close();
  });

  it('[F-SESS-40] refuses a session that is not in force', async () => {
    const refused = await api.call('POST', '/1.1/rtm/sign', { body: { session_token: 'x' }, as: 'app' });
    expect([refused.status, refused.body.code]).toEqual([400, 211]);
  });
});

describe('roles of a group', () => {
  it('[F-GRP-01][F-SEC-02] are shown to its members, and to who has the master key', async () => {
    const plain = await startParley();
    const there = new Api(plain);
    const tokens = new Map<string, string>();
    const open = async (client: string) => {
      const device = await TestClient.connect(plain.wsUrl);
      const opened = await device.login(plain.appId, client);
      tokens.set(client, opened.sessionMessage?.st ?? '');
      return device;
    };
    const [owner, stranger] = [await open('owner'), await open('stranger')];
    const cid = await startConversation(owner, { m: ['bob'] });
    await conv(owner, OpType.member_info_update, {
      cid,
      targetClientId: 'bob',
      info: { pid: 'bob', role: 'Manager' },
    });
    const roles = (client: string, as: 'app' | 'master' = 'app') =>
      there.call('GET', '/1.1/classes/_ConversationMemberInfo', {
        query: { client_id: client, cid },
        as,
        headers: as === 'app' ? { 'X-LC-IM-Session-Token': tokens.get(client) ?? '' } : {},
      });
    const row = { objectId: expect.any(String), cid, clientId: 'bob', role: 'Manager' };
    expect((await roles('owner')).body).toEqual({ results: [row] });
    expect((await roles('stranger')).body).toEqual({ results: [] });
    expect((await roles('anybody', 'master')).body).toEqual({ results: [row] });
    const found = async (condition: object, more = {}) => {
      const query = { where: JSON.stringify({ cid, ...condition }), ...more };
      return (await there.get('/1.1/classes/_ConversationMemberInfo', query)).body;
    };
    expect(await found({ role: 'Manager' }, { count: 1 })).toEqual({ results: [row], count: 1 });
    expect(await found({ role: 'Owner' })).toEqual({ results: [] });
    expect(await found({ peerId: { $in: ['bob', 'carol'] } })).toEqual({ results: [row] });
    expect(await found({ clientId: { $regex: '^c' } })).toEqual({ results: [] });
    expect(await found({ clientId: { $nope: 1 } })).toMatchObject({ code: 107 });
    expect(refusal(await there.call('GET', '/1.1/classes/_ConversationMemberInfo', { as: 'app' }))[1]).toBe(
      4112,
    );
    await Promise.all([owner.close(), stranger.close()]);
    await plain.close();
  });

  it('[F-GRP-01][F-SEC-02] are a class like any other to who has the master key', async () => {
    const there = new Api(parley);
    const at = '/1.1/classes/_ConversationMemberInfo';
    const make = (m: readonly string[]) =>
      there.done(there.post('/1.2/rtm/conversations', { c: 'owner', m: ['owner', ...m] }));
    const give = async (cid: string, clientId: string) =>
      (
        await there.done(
          there.post(`/1.2/rtm/conversations/${cid}/member-infos`, { clientId, role: 'Manager' }),
        )
      ).objectId;
    const [one, two] = [await make(['bob', 'carol']), await make(['bob'])];
    const ids = [
      await give(one.objectId, 'bob'),
      await give(one.objectId, 'carol'),
      await give(two.objectId, 'bob'),
    ];
    const found = (query: Record<string, string | number>) => there.done(there.get(at, query));
    const idsOf = async (query: Record<string, string | number>) =>
      (await found(query)).results.map(({ objectId }: { objectId: string }) => objectId);
    const cid = JSON.stringify({ cid: { $in: [one.objectId, two.objectId] } });
    expect(await idsOf({ where: cid })).toEqual(ids);
    expect(await idsOf({ where: JSON.stringify({ clientId: 'bob', objectId: { $in: ids } }) })).toEqual([
      ids[0],
      ids[2],
    ]);
    expect(await idsOf({ where: cid, order: '-clientId', skip: 1, limit: 1 })).toHaveLength(1);
    expect(await found({ where: cid, order: '-clientId', keys: 'clientId', limit: 1, count: 1 })).toEqual({
      results: [{ objectId: ids[1], clientId: 'carol' }],
      count: 3,
    });
    const [bob, carol] = ids;
    const row = { objectId: bob, cid: one.objectId, clientId: 'bob', role: 'Manager' };
    expect(await there.done(there.get(`${at}/${bob}`))).toEqual(row);
    expect(await there.done(there.get(`${at}/${'0'.repeat(24)}`))).toEqual({});
    const change = (id: string, body: object, query = {}) =>
      there.call('PUT', `${at}/${id}`, { body, query });
    const never = { where: JSON.stringify({ role: 'Member' }) };
    expect(refusal(await change(bob, { role: 'Member' }, never)).slice(0, 2)).toEqual([400, 305]);
    expect(refusal(await change(bob, { role: 'King' })).slice(0, 2)).toEqual([400, 4321]);
    expect(refusal(await change('0'.repeat(24), { role: 'Member' })).slice(0, 2)).toEqual([404, 101]);
    expect((await change(bob, { role: 'Member' })).body).toEqual({
      objectId: bob,
      updatedAt: expect.any(String),
    });
    expect((await there.done(there.get(`${at}/${bob}`))).role).toBe('Member');
    expect(await there.done(there.delete(`${at}/${bob},${carol}`))).toEqual({});
    expect(await idsOf({ where: cid })).toEqual([ids[2]]);
    expect(refusal(await there.post(at, { cid: one.objectId, clientId: 'bob', role: 'Manager' }))[0]).toBe(
      403,
    );
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const body = method === 'PUT' ? { body: { role: 'Member' } } : {};
      expect((await there.call(method, `${at}/${ids[2]}`, { as: 'app', ...body })).status).toBe(403);
    }
    const [entry] = (await there.done(there.get('/1.2/rtm/audit', { action: 'role.delete' }))).results;
    expect(entry).toMatchObject({ action: 'role.delete' });
  });
});
