import { CommandType, OpType } from '@parley/protocol';
import { FakeClock, type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { say, startConversation } from '../flow.ts';
import { Api, refusal, told } from './api.ts';

const PATH = '/1.2/rtm/conversations';
const OBJECT_ID = /^[0-9a-f]{24}$/;
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

let parley: Parley;
let api: Api;
beforeAll(async () => {
  parley = await startParley();
  api = new Api(parley);
});
afterAll(() => parley.close());

let made = 0;
/** A name nobody else has. */
const fresh = (name: string) => `${name}-${++made}`;
const create = async (body: object = {}): Promise<string> => (await api.done(api.post(PATH, body))).objectId;
const login = (client: string) => TestClient.open(parley, client);

describe('creating a conversation', () => {
  it('[F-GEN-11][F-CONV-04][F-CONV-14] answers with the whole record, and with the one that is there if it is unique', async () => {
    const [alice, bob] = [fresh('alice'), fresh('bob')];
    const wished = {
      name: 'Trip to Lisbon',
      m: [alice, bob, alice],
      unique: true,
      attr: { pinned: false },
      colour: 'red',
    };
    const first = await api.post(PATH, wished);
    expect(first.status).toBe(201);
    expect(first.body).toEqual({
      objectId: expect.stringMatching(OBJECT_ID),
      name: 'Trip to Lisbon',
      m: [alice, bob],
      unique: true,
      uniqueId: expect.stringMatching(/^[0-9a-f]{32}$/),
      attr: { pinned: false },
      colour: 'red',
      createdAt: expect.stringMatching(ISO),
      updatedAt: expect.stringMatching(ISO),
    });
    const second = await api.post(PATH, { ...wished, m: [bob, alice], name: 'Another name' });
    expect(second.status).toBe(200);
    expect(second.body).toMatchObject({ objectId: first.body.objectId, name: 'Trip to Lisbon' });
  });

  it('[F-CONV-34] tells its members, in nobody’s name', async () => {
    const [alice, bob] = [fresh('alice'), fresh('bob')];
    const device = await login(alice);
    const cid = await create({ m: [alice, bob] });
    const joined = await device.push(CommandType.conv, OpType.joined);
    expect(joined.convMessage).toMatchObject({ cid, initBy: '' });
    const others = await device.push(CommandType.conv, OpType.members_joined);
    expect(others.convMessage).toMatchObject({ cid, initBy: '', m: [alice, bob] });
    // Also where it names somebody as the creator.
    await create({ m: [alice, bob], c: bob });
    expect((await device.push(CommandType.conv, OpType.joined)).convMessage?.initBy).toBe('');
    expect((await device.push(CommandType.conv, OpType.members_joined)).convMessage?.initBy).toBe('');
    await device.close();
  });

  it('[F-CONV-08] takes a creator, and no columns that the server keeps', async () => {
    const cid = await create({ c: 'boss', tr: true, sys: true, lm: 5, m: ['boss'] });
    const { results } = await api.done(api.get(PATH, { where: JSON.stringify({ objectId: cid }) }));
    expect(results[0]).toMatchObject({ c: 'boss', m: ['boss'] });
    expect(results[0]).not.toHaveProperty('tr');
    expect(results[0]).not.toHaveProperty('lm');
  });

  it('[F-CONV-20] refuses more members than there may be, and makes nothing', async () => {
    const name = fresh('crowd');
    const m = Array.from({ length: 501 }, (_, n) => `c${n}`);
    expect(refusal(await api.post(PATH, { name, m }))).toEqual([400, 4304, 'CONVERSATION_FULL']);
    const { results } = await api.done(api.get(PATH, { where: JSON.stringify({ name }) }));
    expect(results).toEqual([]);
  });

  it('[F-SEC-13] needs the master key', async () => {
    const refused = await api.call('POST', PATH, { body: {}, as: 'app' });
    expect(refusal(refused)).toEqual([403, 403, 'Forbidden to read/write by class permissions']);
    expect(refusal(await api.call('POST', PATH, { body: {}, as: 'nobody' }))).toEqual([
      401,
      401,
      'Unauthorized.',
    ]);
  });
});

describe('finding conversations', () => {
  it('[F-CONV-50][F-CONV-56] takes conditions, pages, keys, orders and counts', async () => {
    const topic = fresh('topic');
    for (const rank of [1, 2, 3]) await create({ topic, rank, m: ['alice'] });
    const where = JSON.stringify({ topic, rank: { $gte: 2 } });
    const found = await api.done(api.get(PATH, { where, order: '-rank', limit: 1, count: 1 }));
    expect(found.count).toBe(2);
    expect(found.results.map(({ rank }: { rank: number }) => rank)).toEqual([3]);
    const next = await api.done(api.get(PATH, { where, order: '-rank', skip: 1, keys: 'rank' }));
    expect(Object.keys(next.results[0]).sort()).toEqual(['createdAt', 'objectId', 'rank', 'updatedAt']);
  });

  it('[F-CONV-56] goes through all of them in the order in which they were made, whatever happens meanwhile', async () => {
    const topic = fresh('topic');
    const ids: string[] = [];
    for (let n = 0; n < 6; n++) ids.push(await create({ topic }));
    const where = JSON.stringify({ topic });
    for (const path of [PATH, '/1.2/rtm/all-conversations', '/1.1/classes/_Conversation']) {
      const page = async (skip: number) =>
        (await api.done(api.get(path, { where, limit: 3, skip }))).results.map(
          ({ objectId }: { objectId: string }) => objectId,
        );
      const first = await page(0);
      await api.done(api.post(`${PATH}/${ids[5]}/messages`, { from_client: 'a', message: 'x' }));
      expect([...first, ...(await page(3))]).toEqual(ids);
    }
  });

  it('[F-CONV-59] finds basic ones under this path, chat rooms under theirs, and all under a third', async () => {
    const topic = fresh('topic');
    const cid = await create({ topic });
    const room = (await api.done(api.post('/1.2/rtm/chatrooms', { topic }))).objectId;
    const ids = async (path: string) => {
      const { results } = await api.done(api.get(path, { where: JSON.stringify({ topic }) }));
      return results.map(({ objectId }: { objectId: string }) => objectId).sort();
    };
    expect(await ids(PATH)).toEqual([cid]);
    expect(await ids('/1.2/rtm/chatrooms')).toEqual([room]);
    expect(await ids('/1.2/rtm/all-conversations')).toEqual([cid, room].sort());
  });

  it('takes a limit that is out of range for the usual one', async () => {
    const topic = fresh('topic');
    await create({ topic });
    const where = JSON.stringify({ topic });
    for (const limit of [1001, -1, 0, '99999999999999999999', '1.5', 'many', '']) {
      const { results } = await api.done(api.get(PATH, { where, limit }));
      expect([limit, results.length]).toEqual([limit, 1]);
    }
    expect(await api.done(api.get(PATH, { where, limit: 0, count: 1 }))).toEqual({ results: [], count: 1 });
  });

  it('takes a condition of which nothing is said for none', async () => {
    await create();
    const { count } = await api.done(api.get(PATH, { limit: 0, count: 1 }));
    expect(count).toBeGreaterThan(0);
    expect((await api.done(api.get(PATH, { where: '', limit: 0, count: 1 }))).count).toBe(count);
  });

  it.each(['$inQuery', '$notInQuery', '$select', '$nearSphere'])(
    'says that %s is not implemented, as the data API does',
    async (operator) => {
      const refused = await api.get(PATH, { where: JSON.stringify({ m: { [operator]: {} } }) });
      expect(refusal(refused)).toEqual([400, 1, 'Not implemented.']);
      expect(refused.body.detail).toContain(operator);
    },
  );

  it('chooses keys as the data API does', async () => {
    const topic = fresh('topic');
    await create({ topic, attr: { level: 1, secret: 2 }, c: 'boss' });
    const found = async (keys: string) =>
      (await api.done(api.get(PATH, { where: JSON.stringify({ topic }), keys }))).results[0];
    expect(await found('attr.level')).toEqual({
      objectId: expect.any(String),
      attr: { level: 1 },
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect(Object.keys(await found('-attr,-c')).sort()).toEqual(
      ['createdAt', 'm', 'objectId', 'topic', 'updatedAt'].sort(),
    );
  });

  it.each(['{', '[]', '{"$nope":1}', '{"name":{"$regex":"("}}'])(
    'refuses the condition %s with 107',
    async (where) => {
      const refused = await api.get(PATH, { where });
      expect(refusal(refused)).toEqual([400, 107, 'Malformed json object. A json dictionary is expected.']);
      expect(refused.body.detail).toMatch(/\w/);
    },
  );
});

describe('changing a conversation', () => {
  it('[F-CONV-45][F-CONV-48] takes values, paths and operations, and tells the members', async () => {
    const alice = fresh('alice');
    const cid = await create({ name: 'Lisbon', attr: { pinned: false, n: 1 }, m: [alice] });
    const device = await login(alice);
    const changed = await api.done(
      api.put(`${PATH}/${cid}`, { name: 'Lisbon, final plan', 'attr.pinned': true }),
    );
    expect(changed).toEqual({ updatedAt: expect.stringMatching(ISO), objectId: cid });
    const { convMessage } = await device.push(CommandType.conv, OpType.updated);
    expect(convMessage).toMatchObject({ cid, initBy: '', udate: changed.updatedAt });
    expect(JSON.parse(convMessage?.attr?.data ?? '')).toEqual({
      name: 'Lisbon, final plan',
      'attr.pinned': true,
    });
    expect(JSON.parse(convMessage?.attrModified?.data ?? '')).toEqual({
      name: 'Lisbon, final plan',
      attr: { pinned: true, n: 1 },
    });
    await device.close();
  });

  it('[F-CONV-45] tells nobody where there is nothing to change', async () => {
    const alice = fresh('alice');
    const cid = await create({ m: [alice] });
    const device = await login(alice);
    const { results } = await api.done(api.get(PATH, { where: JSON.stringify({ objectId: cid }) }));
    for (const nothing of [{}, { m: ['mallory'] }]) {
      const answer = await api.done(api.put(`${PATH}/${cid}`, nothing));
      expect(answer).toEqual({ updatedAt: results[0].updatedAt, objectId: cid });
    }
    expect(await told(device)).toEqual([]);
    await device.close();
  });

  it('[F-CONV-47][F-CONV-48] leaves alone what the server keeps', async () => {
    const cid = await create({ m: ['alice'] });
    await api.done(
      api.put(`${PATH}/${cid}`, { m: ['mallory'], objectId: 'x', tr: true, unique: true, name: 'n' }),
    );
    const { results } = await api.done(api.get(PATH, { where: JSON.stringify({ objectId: cid }) }));
    expect(results[0]).toMatchObject({ objectId: cid, m: ['alice'], name: 'n' });
    expect(results[0]).not.toHaveProperty('tr');
  });

  it('says which conversation there is not, and which is another sort', async () => {
    const unknown = `${PATH}/${'0'.repeat(24)}`;
    expect(refusal(await api.put(unknown, { name: 'n' }))).toEqual([404, 4303, 'CONVERSATION_NOT_FOUND']);
    const room = (await api.done(api.post('/1.2/rtm/chatrooms'))).objectId;
    const wrong = await api.put(`${PATH}/${room}`, { name: 'n' });
    expect(refusal(wrong)).toEqual([400, 4314, 'NORMAL_CONVERSATION_REQUIRED']);
  });
});

describe('members', () => {
  it('[F-CONV-22][F-CONV-35][F-CONV-37] are added and removed by an operator, which needs no role', async () => {
    const [alice, bob, carol] = [fresh('alice'), fresh('bob'), fresh('carol')];
    const cid = await create({ m: [alice, bob], c: alice });
    const [inside, outside] = [await login(bob), await login(carol)];
    const path = `${PATH}/${cid}/members`;
    const added = await api.done(api.post(path, { client_ids: [carol, bob] }));
    expect(added).toEqual({ updatedAt: expect.stringMatching(ISO), objectId: cid });
    expect(await api.done(api.get(path))).toEqual({ result: [alice, bob, carol] });
    const news = await inside.push(CommandType.conv, OpType.members_joined);
    expect(news.convMessage).toMatchObject({ cid, initBy: '', m: [carol] });
    expect(await told(outside)).toEqual(['joined', 'members_joined']);

    await api.done(api.delete(path, { client_ids: [carol, alice] }));
    expect(await api.done(api.get(path))).toEqual({ result: [bob] });
    const left = await outside.push(CommandType.conv, OpType.left);
    expect(left.convMessage).toMatchObject({ cid, initBy: '' });
    expect(await told(inside)).toEqual(['members_left']);
    await Promise.all([inside.close(), outside.close()]);
  });

  it('are removed by a query too, because some proxies strip the body of a DELETE', async () => {
    const cid = await create({ m: ['alice', 'bob'] });
    const path = `${PATH}/${cid}/members`;
    await api.done(api.call('DELETE', path, { query: { client_ids: '["bob"]' } }));
    expect(await api.done(api.get(path))).toEqual({ result: ['alice'] });
  });

  it.each(['', 'null', ' null ', '{}', '{"more":1}'])(
    'are removed by a query beside the body %j',
    async (text) => {
      const cid = await create({ m: ['alice', 'bob'] });
      const path = `${PATH}/${cid}`;
      const remove = (what: string, query: Record<string, string | number>) =>
        api.done(api.call('DELETE', `${path}/${what}`, { query, text }));
      await remove('members', { client_ids: '["bob"]' });
      expect(await api.done(api.get(`${path}/members`))).toEqual({ result: ['alice'] });
      const body = { from_client: 'alice', message: 'to be deleted' };
      const sent = await api.done(api.post(`${path}/messages`, body));
      await remove(`messages/${sent['msg-id']}`, { from_client: 'alice', timestamp: sent.timestamp });
      expect(await api.done(api.get(`${path}/messages`))).toEqual([]);
      await remove('temporary-silenceds', { client_id: 'alice' });
    },
  );

  it('are removed by body and query together, and where they differ as the body says', async () => {
    const cid = await create({ m: ['alice', 'bob'] });
    const path = `${PATH}/${cid}/messages`;
    const sent = await api.done(api.post(path, { from_client: 'alice', message: 'to be deleted' }));
    const query = { from_client: 'bob', timestamp: sent.timestamp };
    const body = { from_client: 'alice' };
    await api.done(api.call('DELETE', `${path}/${sent['msg-id']}`, { query, body }));
    expect(await api.done(api.get(path))).toEqual([]);
    const members = await api.call('DELETE', `${PATH}/${cid}/members`, { body: { client_ids: 'bob' } });
    expect([members.status, members.body.code]).toEqual([400, 1]);
  });

  it('[F-CONV-39] cause nothing where nothing changes', async () => {
    const alice = fresh('alice');
    const cid = await create({ m: [alice] });
    const device = await login(alice);
    const before = await api.done(api.post(`${PATH}/${cid}/members`, { client_ids: [alice] }));
    expect(await api.done(api.delete(`${PATH}/${cid}/members`, { client_ids: ['stranger'] }))).toEqual(
      before,
    );
    expect(await told(device)).toEqual([]);
    await device.close();
  });

  it('[F-CONV-40][F-GRP-16] are refused where none could be added', async () => {
    const small = await startParley({ settings: { maxMembers: 2 } });
    const there = new Api(small);
    const cid = (await there.done(there.post(PATH, { m: ['a'] }))).objectId;
    await there.done(there.post(`${PATH}/${cid}/blacklists`, { client_ids: ['spammer'] }));
    const add = (...client_ids: string[]) => there.post(`${PATH}/${cid}/members`, { client_ids });
    expect(refusal(await add('spammer'))).toEqual([400, 4548, 'BLOCKED_BY_CONV']);
    await there.done(add('spammer', 'b'));
    expect(refusal(await add('c'))).toEqual([400, 4304, 'CONVERSATION_FULL']);
    expect(await there.done(there.get(`${PATH}/${cid}/members`))).toEqual({ result: ['a', 'b'] });
    await small.close();
  });

  it.each([
    ['no list', {}, 'client_ids is required.'],
    ['another type', { client_ids: 'bob' }, 'client_ids must be array.'],
    ['an empty list', { client_ids: [] }, 'client_ids must not have fewer than 1 items.'],
    ['a number among them', { client_ids: ['bob', 5] }, 'client_ids.1 must be text of 1 to 64 characters.'],
  ])('refuse %s', async (_what, body, error) => {
    const cid = await create();
    const refused = await api.post(`${PATH}/${cid}/members`, body);
    expect([refused.status, refused.body.detail ?? refused.body.error]).toEqual([400, error]);
  });
});

describe('push notifications', () => {
  it('[F-GRP-06][F-CONV-10] are muted and let through for members, and nobody is told', async () => {
    const [alice, bob] = [fresh('alice'), fresh('bob')];
    const cid = await create({ m: [alice, bob] });
    const device = await login(bob);
    const path = `${PATH}/${cid}/mutes`;
    expect(await api.done(api.post(path, { client_ids: [bob, 'stranger'] }))).toMatchObject({
      objectId: cid,
    });
    expect(await api.done(api.get(path))).toEqual({ result: [bob] });
    await api.done(api.delete(path, { client_ids: [bob, alice] }));
    expect(await api.done(api.get(path))).toEqual({ result: [] });
    expect(await told(device)).toEqual([]);
    await device.close();
  });
});

describe('the word', () => {
  it('[F-GRP-05][F-GRP-12][F-GRP-15] is taken from members and given back, and they are told', async () => {
    const [alice, bob] = [fresh('alice'), fresh('bob')];
    const cid = await create({ m: [alice, bob] });
    const [others, silenced] = [await login(alice), await login(bob)];
    const path = `${PATH}/${cid}/permanent-silenceds`;
    expect(await api.done(api.post(path, { client_ids: [bob, 'stranger'] }))).toEqual({});
    expect(await told(silenced)).toEqual(['shutuped', 'members_shutuped']);
    expect(await told(others)).toEqual(['members_shutuped']);
    expect((await say(silenced, cid, 'hello?')).ackMessage?.code).toBe(4563);
    expect(await api.done(api.get(path, { limit: 1 }))).toEqual({ client_ids: [bob] });
    await api.done(api.delete(path, { client_ids: [bob] }));
    expect(await told(silenced)).toEqual(['unshutuped', 'members_unshutuped']);
    expect((await say(silenced, cid, 'hello!')).ackMessage?.code).toBeUndefined();
    await Promise.all([others.close(), silenced.close()]);
  });

  it('[F-GRP-19] is listed page by page', async () => {
    const m = ['a', 'b', 'c'];
    const cid = await create({ m });
    const path = `${PATH}/${cid}/permanent-silenceds`;
    await api.done(api.post(path, { client_ids: m }));
    const first = await api.done(api.get(path, { limit: 2 }));
    expect(first).toEqual({ client_ids: ['a', 'b'], next: expect.any(String) });
    expect(await api.done(api.get(path, { limit: 2, next: first.next }))).toEqual({ client_ids: ['c'] });
  });
});

describe('roles', () => {
  it('[F-GRP-01][F-GRP-11] are given, changed, listed and taken away', async () => {
    const [alice, bob] = [fresh('alice'), fresh('bob')];
    const cid = await create({ m: [alice, bob], c: alice });
    const device = await login(alice);
    const path = `${PATH}/${cid}/member-infos`;
    const given = await api.done(api.post(path, { clientId: bob, role: 'Manager' }));
    expect(given).toEqual({
      updatedAt: expect.stringMatching(ISO),
      objectId: expect.stringMatching(OBJECT_ID),
    });
    const news = await device.push(CommandType.conv, OpType.member_info_changed);
    expect(news.convMessage).toMatchObject({
      cid,
      initBy: '',
      info: { pid: bob, role: 'Manager', infoId: given.objectId },
    });
    const row = { clientId: bob, objectId: given.objectId, role: 'Manager' };
    expect(await api.done(api.get(path, { role: 'Manager' }))).toEqual({ results: [row] });
    expect(await api.done(api.get(path, { role: 'Member' }))).toEqual({ results: [] });

    const info = `${path}/${given.objectId}`;
    expect((await api.done(api.put(info, { clientId: bob, role: 'Member' }))).objectId).toBe(given.objectId);
    await api.done(api.put(info, { role: 'Manager' }));
    expect(await told(device)).toEqual(['member_info_changed', 'member_info_changed']);
    expect(await api.done(api.delete(info))).toEqual({});
    expect(await told(device)).toEqual(['member_info_changed']);
    expect(await api.done(api.get(path))).toEqual({ results: [] });
    expect(refusal(await api.delete(info))).toEqual([404, 101, "Class or object doesn't exists."]);
    await device.close();
  });

  it('[F-GRP-10] are refused to strangers, the owner, and where the role is none', async () => {
    const cid = await create({ m: ['alice', 'bob'], c: 'alice' });
    const give = (clientId: string, role: string) =>
      api.post(`${PATH}/${cid}/member-infos`, { clientId, role });
    expect(refusal(await give('stranger', 'Manager'))).toEqual([
      400,
      4317,
      'CONVERSATION_MEMBERSHIP_REQUIRED',
    ]);
    expect(refusal(await give('alice', 'Member'))).toEqual([400, 4324, 'CONVERSATION_NEED_OWNER']);
    expect(refusal(await give('bob', 'King'))).toEqual([400, 4321, 'UNKNOWN_CONVERSATION_ROLE']);
    expect(refusal(await give('bob', 'Owner'))).toEqual([400, 5130, 'OWNER_PROMOTION_NOT_ALLOWED']);
  });

  it('[F-GRP-07][F-GRP-18] are off where the app says so, and so are blacklists', async () => {
    const plain = await startParley({ settings: { memberRoles: false, blacklist: false } });
    const there = new Api(plain);
    const cid = (await there.done(there.post(PATH, { m: ['a'] }))).objectId;
    const role = await there.post(`${PATH}/${cid}/member-infos`, { clientId: 'a', role: 'Manager' });
    expect(refusal(role)).toEqual([403, 4325, 'CONVERSATION_MEMBER_INFO_FEATURE_DISABLED']);
    const block = await there.post(`${PATH}/${cid}/blacklists`, { client_ids: ['a'] });
    expect(refusal(block)).toEqual([403, 4544, 'BLACKLIST_FEATURE_DISABLED']);
    await plain.close();
  });
});

describe('a blacklist', () => {
  it('[F-GRP-04][F-GRP-16][F-GRP-17] keeps clients out, puts members out, and lets them in again', async () => {
    const [alice, carol] = [fresh('alice'), fresh('carol')];
    const cid = await create({ m: [alice, carol] });
    const [others, blocked] = [await login(alice), await login(carol)];
    const path = `${PATH}/${cid}/blacklists`;
    expect(await api.done(api.post(path, { client_ids: [carol] }))).toEqual({});
    expect(await told(blocked)).toEqual(['blocked', 'left']);
    expect(await told(others)).toEqual(['members_blocked', 'members_left']);
    expect(await api.done(api.get(path))).toEqual({ client_ids: [carol] });
    expect(await api.done(api.get(`${PATH}/${cid}/members`))).toEqual({ result: [alice] });
    await api.done(api.delete(path, { client_ids: [carol] }));
    expect(await told(blocked)).toEqual(['unblocked']);
    expect(await told(others)).toEqual(['members_unblocked']);
    expect(await api.done(api.get(path))).toEqual({ client_ids: [] });
    await Promise.all([others.close(), blocked.close()]);
  });
});

describe('deleting a conversation', () => {
  it('[F-CONV-27][F-CONV-28] takes its messages and members along, and tells nobody', async () => {
    const alice = fresh('alice');
    const wished = { m: [alice, 'bob'], unique: true };
    const cid = await create(wished);
    const device = await login(alice);
    await say(device, cid, 'hello');
    await told(device);
    expect(await api.done(api.delete(`${PATH}/${cid}`))).toEqual({});
    expect(await told(device)).toEqual([]);
    expect((await say(device, cid, 'anybody?')).ackMessage?.code).toBe(4401);
    expect(refusal(await api.get(`${PATH}/${cid}/messages`))).toEqual([404, 4303, 'CONVERSATION_NOT_FOUND']);
    expect(refusal(await api.post(`${PATH}/${cid}/messages`, { from_client: 'a', message: 'x' }))).toEqual([
      404,
      4401,
      'INVALID_MESSAGING_TARGET',
    ]);
    expect(refusal(await api.delete(`${PATH}/${cid}`))).toEqual([404, 4303, 'CONVERSATION_NOT_FOUND']);
    expect(await create(wished)).not.toBe(cid);
    await device.close();
  });

  it('[F-TMP-10] ends a temporary one before its time; what comes then is 4303', async () => {
    const alice = fresh('alice');
    const device = await login(alice);
    const cid = await startConversation(device, { m: ['guest'], tempConv: true, tempConvTTL: 3600 });
    expect(cid).toMatch(/^_tmp:/);
    expect((await say(device, cid, 'hello')).ackMessage?.code).toBeUndefined();
    const [record] = await api.done(api.get(`${PATH}/${cid}/messages`));
    expect(record['conv-id']).toBe(`${cid}00000000`);
    expect(await api.done(api.get('/1.1/rtm/messages/history', { convid: record['conv-id'] }))).toEqual([
      record,
    ]);
    await api.done(api.delete(`${PATH}/${cid}`));
    expect((await say(device, cid, 'still there?')).ackMessage?.code).toBe(4303);
    expect(refusal(await api.get(`${PATH}/${cid}/messages`))).toEqual([404, 4303, 'CONVERSATION_NOT_FOUND']);
    const sent = await api.post(`${PATH}/${cid}/messages`, { from_client: 'a', message: 'x' });
    expect(refusal(sent)).toEqual([404, 4303, 'CONVERSATION_NOT_FOUND']);
    await device.close();
  });
});

describe('silence for a while', () => {
  it('[F-GRP-14] ends by itself, is told to nobody, and does not hinder receiving', async () => {
    const clock = new FakeClock();
    const timed = await startParley({ clock });
    const there = new Api(timed);
    const bob = await TestClient.open(timed, 'bob');
    const cid = (await there.done(there.post(PATH, { m: ['alice', 'bob'] }))).objectId;
    await told(bob);
    const path = `${PATH}/${cid}/temporary-silenceds`;
    const silence = (ttl: number) => there.done(there.post(path, { client_id: 'bob', ttl }));
    const codeOf = async (text: string) => (await say(bob, cid, text)).ackMessage?.code;
    expect(await silence(600)).toEqual({});
    expect(await told(bob)).toEqual([]);
    expect(await codeOf('silenced')).toBe(4315);
    clock.skip(599_000);
    expect(await codeOf('still')).toBe(4315);
    clock.skip(1_000);
    expect(await codeOf('over')).toBeUndefined();
    await silence(600);
    await silence(10);
    clock.skip(10_000);
    expect(await codeOf('the new end counts')).toBeUndefined();
    await silence(600);
    await there.done(there.call('DELETE', path, { query: { client_id: 'bob' } }));
    await there.done(there.call('DELETE', path, { query: { client_id: 'bob' } }));
    expect(await codeOf('given back')).toBeUndefined();
    await silence(600);
    await there.done(there.post(`${PATH}/${cid}/messages`, { from_client: 'bob', message: 'by the server' }));
    await bob.close();
    await timed.close();
  });

  it.each([0, 86_401, 1.5, 'long'])('refuses %s seconds', async (ttl) => {
    const cid = await create();
    const refused = await api.post(`${PATH}/${cid}/temporary-silenceds`, { client_id: 'bob', ttl });
    expect(refusal(refused)).toEqual([400, 1, 'ttl must be seconds from 1 to 86400.']);
  });
});
