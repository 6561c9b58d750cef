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
});
