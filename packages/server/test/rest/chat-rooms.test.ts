import { CommandType, OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conv, say } from '../flow.ts';
import { Api, refusal, told } from './api.ts';

const PATH = '/1.2/rtm/chatrooms';

let parley: Parley;
let api: Api;
beforeAll(async () => {
  parley = await startParley();
  api = new Api(parley);
});
afterAll(() => parley.close());

let made = 0;
const fresh = (name: string) => `${name}-${++made}`;
const create = async (body: object = {}): Promise<string> => (await api.done(api.post(PATH, body))).objectId;

async function visitor(client: string, room: string): Promise<TestClient> {
  const device = await TestClient.open(parley, client);
  await conv(device, OpType.add, { cid: room, m: [client] });
  return device;
}

async function heard(client: TestClient): Promise<readonly (string | undefined)[]> {
  await client.settled();
  return client.inbox
    .splice(0)
    .flatMap(({ cmd, directMessage }) => (cmd === CommandType.direct ? [directMessage?.msg] : []));
}

describe('chat rooms', () => {
  it('[F-CONV-12][F-ROOM-05] are created, found, changed and deleted; members mean nothing', async () => {
    const match = fresh('match');
    const { status, body } = await api.post(PATH, {
      name: 'Derby live',
      attr: { match },
      m: ['alice'],
      unique: true,
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      objectId: expect.any(String),
      name: 'Derby live',
      attr: { match },
      tr: true,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    const where = JSON.stringify({ 'attr.match': match });
    expect((await api.done(api.get(PATH, { where, limit: 1 }))).results).toEqual([body]);
    const inside = await visitor(fresh('dave'), body.objectId);
    const changed = await api.done(api.put(`${PATH}/${body.objectId}`, { name: 'Derby live (2nd half)' }));
    expect(changed).toEqual({ updatedAt: expect.any(String), objectId: body.objectId });
    expect(await told(inside)).toEqual(['updated']);
    expect(await api.done(api.delete(`${PATH}/${body.objectId}`))).toEqual({});
    expect((await api.done(api.get(PATH, { where }))).results).toEqual([]);
    await inside.close();
  });

  it('[F-ROOM-06][F-ROOM-18] count and sample who is inside', async () => {
    const room = await create();
    expect(await api.done(api.get(`${PATH}/${room}/members/online-count`))).toEqual({ result: 0 });
    const [dave, erin] = [fresh('dave'), fresh('erin')];
    const devices = [await visitor(dave, room), await visitor(erin, room)];
    expect(await api.done(api.get(`${PATH}/${room}/members/online-count`))).toEqual({ result: 2 });
    const { result } = await api.done(api.get(`${PATH}/${room}/members`));
    expect(result.toSorted()).toEqual([dave, erin]);
    await Promise.all(devices.map((device) => device.close()));
  });

  it('[F-ROOM-04][F-ROOM-13][F-ROOM-16] carry messages to who is inside, never back to the sender, and keep them', async () => {
    const room = await create();
    const [host, dave] = [fresh('host'), fresh('dave')];
    const [sender, guest] = [await visitor(host, room), await visitor(dave, room)];
    const outside = await TestClient.open(parley, fresh('outside'));
    const goal = { from_client: host, message: '{"_lctype":-1,"_lctext":"Goal!"}', priority: 'HIGH' };
    const sent = await api.done(api.post(`${PATH}/${room}/messages`, goal));
    expect(await heard(guest)).toEqual([goal.message]);
    expect(await heard(sender)).toEqual([]);
    expect(await heard(outside)).toEqual([]);
    const at = { from_client: host, timestamp: sent.timestamp };
    const path = `${PATH}/${room}/messages/${sent['msg-id']}`;
    expect(await api.done(api.put(path, { ...at, message: 'Goal disallowed' }))).toEqual({});
    const patch = await guest.push(CommandType.patch, OpType.modify);
    expect(patch.patchMessage?.patches?.[0]?.data).toBe('Goal disallowed');
    const records = await api.done(api.get(`${PATH}/${room}/messages`, { reversed: true, limit: 1 }));
    expect(records).toMatchObject([
      { 'conv-id': `${room}00000000`, to: room, from: host, data: 'Goal disallowed' },
    ]);
    expect(await api.done(api.put(`${path}/recall`, at))).toEqual({});
    expect(await api.done(api.call('DELETE', path, { query: at }))).toEqual({});
    expect(await api.done(api.get(`${PATH}/${room}/messages`))).toEqual([]);
    await Promise.all([sender.close(), guest.close(), outside.close()]);
  });

  it('[F-GRP-05][F-GRP-14][F-GRP-15] silence for a while or until lifted', async () => {
    const room = await create();
    const troll = fresh('troll');
    const device = await visitor(troll, room);
    const silenced = { client_ids: [troll] };
    await api.done(api.post(`${PATH}/${room}/temporary-silenceds`, { client_id: troll, ttl: 300 }));
    expect((await say(device, room, 'x')).ackMessage?.code).toBe(4315);
    await api.done(
      api.call('DELETE', `${PATH}/${room}/temporary-silenceds`, { query: { client_id: troll } }),
    );
    await api.done(api.post(`${PATH}/${room}/permanent-silenceds`, silenced));
    expect(await told(device)).toEqual(['shutuped']);
    expect((await say(device, room, 'x')).ackMessage?.code).toBe(4563);
    expect(await api.done(api.get(`${PATH}/${room}/permanent-silenceds`, { limit: 20 }))).toEqual(silenced);
    await api.done(api.delete(`${PATH}/${room}/permanent-silenceds`, silenced));
    expect(await told(device)).toEqual(['unshutuped']);
    expect((await say(device, room, 'x')).ackMessage?.code).toBeUndefined();
    await device.close();
  });

  it('[F-GRP-01] give roles without asking for membership', async () => {
    const room = await create();
    const path = `${PATH}/${room}/member-infos`;
    const given = await api.done(api.post(path, { clientId: 'erin', role: 'Manager' }));
    const changed = await api.done(
      api.put(`${path}/${given.objectId}`, { clientId: 'erin', role: 'Member' }),
    );
    expect(changed.objectId).toBe(given.objectId);
    expect(await api.done(api.get(path, { skip: 0, limit: 20 }))).toEqual({
      results: [{ clientId: 'erin', objectId: given.objectId, role: 'Member' }],
    });
    expect(await api.done(api.delete(`${path}/${given.objectId}`))).toEqual({});
  });

  it('[F-GRP-04][F-GRP-16] put blocked clients out, also under the path of conversations', async () => {
    const room = await create();
    const troll = fresh('troll');
    const device = await visitor(troll, room);
    expect(await api.done(api.post(`${PATH}/${room}/blacklists`, { client_ids: [troll] }))).toEqual({});
    expect(await told(device)).toEqual(['blocked', 'left']);
    expect(await api.done(api.get(`${PATH}/${room}/members/online-count`))).toEqual({ result: 0 });
    expect(await api.done(api.get(`${PATH}/${room}/blacklists`))).toEqual({ client_ids: [troll] });
    expect(await api.done(api.get(`/1.2/rtm/conversations/${room}/blacklists`))).toEqual({
      client_ids: [troll],
    });
    await api.done(api.delete(`${PATH}/${room}/blacklists`, { client_ids: [troll] }));
    expect(await told(device)).toEqual(['unblocked']);
    await device.close();
  });

  it('refuse to be something else', async () => {
    const cid = (await api.done(api.post('/1.2/rtm/conversations'))).objectId;
    const refused = [400, 4316, 'TRANSIENT_CONVERSATION_REQUIRED'];
    expect(refusal(await api.get(`${PATH}/${cid}/members`))).toEqual(refused);
    expect(refusal(await api.get(`${PATH}/${cid}/messages`))).toEqual(refused);
    expect(refusal(await api.delete(`${PATH}/${cid}`))).toEqual(refused);
    const room = await create();
    const members = await api.post(`/1.2/rtm/conversations/${room}/members`, { client_ids: ['a'] });
    expect(refusal(members)).toEqual([400, 4314, 'NORMAL_CONVERSATION_REQUIRED']);
  });
});
