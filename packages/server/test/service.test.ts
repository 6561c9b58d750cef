import { CommandType, errorTable, type GenericCommand, OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SentMessage } from '../src/domain/message/message-to-send.ts';
import { createService } from '../src/domain/service-conversation/create-service.ts';
import { deleteForClient } from '../src/domain/service-conversation/delete-for-client.ts';
import {
  patchFromService,
  withdrawBroadcast,
} from '../src/domain/service-conversation/patch-from-service.ts';
import { listReceived } from '../src/domain/service-conversation/received-messages.ts';
import {
  broadcast,
  sendToClients,
  sendToSubscribers,
} from '../src/domain/service-conversation/send-from-service.ts';
import { subscribe, unsubscribe } from '../src/domain/service-conversation/subscribe.ts';
import { countSubscribers } from '../src/domain/service-conversation/subscriptions.ts';
import { conv, history, query, say, where } from './flow.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley();
});
afterAll(() => parley.close());

const world = () => parley.app.core.world;
const app = () => {
  const found = parley.apps.find(parley.appId);
  if (found === undefined) throw new Error('There is no app.');
  return found;
};

const operator = () => ({ app: app() });

let clients = 0;
type Named = TestClient & { readonly id: string };
async function login(name: string, fields = {}): Promise<Named> {
  const id = `${name}-${++clients}`;
  return again(id, fields);
}
async function again(id: string, fields = {}): Promise<Named> {
  const client = await TestClient.connect(parley.wsUrl);
  await client.login(parley.appId, id, fields);
  await parley.caughtUp();
  return Object.assign(client, { id });
}

const open = async (name = 'desk') => (await createService(world(), { app: app() }, { name })).id;
const subscribeTo = (client: Named, cid: string) => conv(client, OpType.add, { cid, m: [client.id] });
const leave = (client: Named, cid: string) => conv(client, OpType.remove, { cid, m: [client.id] });
const said = (service: string, body: string) => ({ service, from: 'desk', body });
async function remove(cid: string, client: string, message: SentMessage): Promise<void> {
  const service = await world().conversations.load(app().key, cid);
  if (service === undefined) throw new Error('It is gone.');
  await deleteForClient(world(), service, { client, ...message });
}
const find = async (client: TestClient, cid: string, flag = 0) =>
  (await query(client, { ...where({ objectId: cid }), flag }))[0];

async function heard(client: TestClient, cmd: CommandType): Promise<readonly GenericCommand[]> {
  await client.settled();
  const found = client.inbox.filter((command) => command.cmd === cmd);
  client.inbox.length = 0;
  return found;
}
const heardTexts = async (client: TestClient) =>
  (await heard(client, CommandType.direct)).map(({ directMessage }) => directMessage?.msg);
const unreadOf = (commands: readonly GenericCommand[]) =>
  commands.flatMap(({ unreadMessage }) =>
    (unreadMessage?.convs ?? []).map(({ cid, unread, data }) => [cid, unread, data]),
  );

describe('a service', () => {
  it('[F-CONV-13][F-SYS-03][F-SYS-04] is subscribed to by joining and left by leaving, and nobody else is told', async () => {
    const cid = await open();
    const [tom, other] = [await login('tom'), await login('other')];
    const phone = await again(tom.id);
    expect(await find(tom, cid)).toMatchObject({ sys: true, conv_type: 3, joined: false, muted: false });
    expect(await find(tom, cid)).not.toHaveProperty('lm');
    const joined = await subscribeTo(tom, cid);
    expect(joined).toMatchObject({ op: OpType.added, convMessage: { cid, allowedPids: [tom.id] } });
    expect(joined.convMessage?.udate).toBeDefined();
    const seen = await find(tom, cid);
    expect(seen).toMatchObject({ joined: true, muted: false, joinedAt: expect.any(Number) });
    expect(seen).not.toHaveProperty('m');
    expect(await find(other, cid)).toMatchObject({ joined: false });
    expect((await heard(phone, CommandType.conv)).map(({ op }) => op)).toEqual([OpType.joined]);
    expect(await heard(other, CommandType.conv)).toEqual([]);
    const member = async () =>
      JSON.parse((await conv(tom, OpType.is_member, { cids: [cid] })).convMessage?.results?.data ?? '')[cid];
    expect(await member()).toBe(true);
    expect(await countSubscribers(world(), app(), cid)).toBe(1);
    expect(await leave(tom, cid)).toMatchObject({
      op: OpType.removed,
      convMessage: { allowedPids: [tom.id] },
    });
    expect(await leave(tom, cid)).toMatchObject({ op: OpType.removed });
    expect(await member()).toBe(false);
    expect((await heard(phone, CommandType.conv)).map(({ op }) => op)).toEqual([OpType.left]);
    expect(await find(tom, cid)).not.toHaveProperty('joinedAt');
  });

  it('[F-SYS-03] answers a change of a subscription with a time that is not before what the client knows', async () => {
    const cid = await open();
    const tom = await login('tom');
    const known = async () => String((await query(tom, where({ objectId: cid })))[0]?.updatedAt);
    for (const op of [OpType.add, OpType.remove, OpType.add]) {
      await sendToSubscribers(world(), operator(), said(cid, 'news'));
      const before = await known();
      const { convMessage } = await conv(tom, op, { cid, m: [tom.id] });
      expect(Date.parse(convMessage?.udate ?? '')).toBeGreaterThanOrEqual(Date.parse(before));
    }
  });

  it('[F-SYS-03] subscribes and unsubscribes a client over REST without telling it', async () => {
    const cid = await open();
    const tom = await login('tom');
    const service = await world().conversations.load(app().key, cid);
    if (service === undefined) throw new Error('It is gone.');
    await subscribe(world(), { app: app() }, service, [tom.id]);
    await sendToSubscribers(world(), operator(), said(cid, 'hello'));
    expect(await heard(tom, CommandType.conv)).toEqual([]);
    expect(await find(tom, cid)).toMatchObject({ joined: true });
    await sendToSubscribers(world(), operator(), said(cid, 'again'));
    expect(await heardTexts(tom)).toEqual(['again']);
    await unsubscribe(world(), { app: app() }, service, [tom.id]);
    await sendToSubscribers(world(), operator(), said(cid, 'gone'));
    expect(await heardTexts(tom)).toEqual([]);
  });

  it('[F-SYS-04] refuses what only groups have', async () => {
    const cid = await open();
    const tom = await login('tom');
    await subscribeTo(tom, cid);
    const refusal = async (reply: Promise<GenericCommand>) => {
      const { errorMessage, ackMessage } = await reply;
      return errorMessage?.reason ?? ackMessage?.reason;
    };
    const groupsOnly = 'NORMAL_CONVERSATION_REQUIRED';
    expect(errorTable[groupsOnly].code).toBe(4314);
    expect(await refusal(conv(tom, OpType.add, { cid, m: ['another'] }))).toBe(groupsOnly);
    expect(await refusal(conv(tom, OpType.remove, { cid, m: ['another'] }))).toBe(groupsOnly);
    expect(await refusal(conv(tom, OpType.count, { cid }))).toBe(groupsOnly);
    const attr = { data: '{"name":"mine"}' };
    expect(await refusal(conv(tom, OpType.update, { cid, attr }))).toBe(groupsOnly);
    expect(await refusal(conv(tom, OpType.add_shutup, { cid, m: ['another'] }))).toBe(groupsOnly);
    const info = { pid: 'another', role: 'Manager' };
    expect(await refusal(conv(tom, OpType.member_info_update, { cid, info }))).toBe(groupsOnly);
    const blacklist = { srcCid: cid, toPids: ['another'] };
    expect(
      await refusal(
        tom.request({ cmd: CommandType.blacklist, op: OpType.block, blacklistMessage: blacklist }),
      ),
    ).toBe(groupsOnly);
    expect(await refusal(say(tom, cid, 'will', { will: true }))).toBe(groupsOnly);
  });

  it('[F-SYS-06][F-SYS-17] takes what users say, for nobody but the app and the user itself', async () => {
    const cid = await open();
    const [tom, jerry] = [await login('tom'), await login('jerry')];
    const phone = await again(tom.id);
    await subscribeTo(jerry, cid);
    const ack = await say(tom, cid, 'help me', { dt: 'once' });
    expect(await say(tom, cid, 'help me', { dt: 'once' })).toMatchObject({
      ackMessage: { uid: ack.ackMessage?.uid ?? '', t: ack.ackMessage?.t ?? 0 },
    });
    await say(tom, cid, 'typing', { transient: true });
    expect(await heardTexts(phone)).toEqual(['help me', 'typing']);
    expect(await heardTexts(jerry)).toEqual([]);
    expect(await history(tom, cid)).toEqual(['help me']);
    expect(await history(jerry, cid)).toEqual([]);
    const { key } = (await world().conversations.load(app().key, cid)) ?? { key: 0 };
    const page = { service: key, newestFirst: false, skip: 0, limit: 10 };
    const received = await listReceived(world(), app(), page);
    expect(received.map(({ message }) => [message.sender, message.body, message.fromIp])).toEqual([
      [tom.id, 'help me', '127.0.0.1'],
    ]);
    await tom.request({
      cmd: CommandType.patch,
      op: OpType.modify,
      patchMessage: {
        patches: [
          { cid, mid: ack.ackMessage?.uid ?? '', timestamp: ack.ackMessage?.t ?? 0, data: 'never mind' },
        ],
      },
    });
    expect(await history(tom, cid)).toEqual(['never mind']);
    expect((await heard(phone, CommandType.patch)).length).toBe(1);
    expect(await heard(jerry, CommandType.patch)).toEqual([]);
  });

  it('[F-SYS-01][F-SYS-05] speaks to its subscribers, online now or later', async () => {
    const cid = await open();
    const [tom, jerry, spike] = [await login('tom'), await login('jerry'), await login('spike')];
    await subscribeTo(tom, cid);
    await subscribeTo(jerry, cid);
    await jerry.close();
    await sendToSubscribers(world(), operator(), said(cid, 'storm at six'));
    const [push] = await heard(tom, CommandType.direct);
    expect(push).toMatchObject({
      service: 2,
      peerId: tom.id,
      directMessage: { cid, fromPeerId: 'desk', msg: 'storm at six', convType: 3 },
    });
    expect(await heardTexts(spike)).toEqual([]);
    const back = await again(jerry.id);
    expect(unreadOf(await heard(back, CommandType.unread))).toEqual([[cid, 1, 'storm at six']]);
    back.send({ cmd: CommandType.read, readMessage: { convs: [{ cid }] } });
    await expect
      .poll(async () => unreadOf(await heard(back, CommandType.unread)))
      .toEqual([[cid, 0, 'storm at six']]);
    expect(await history(back, cid)).toEqual(['storm at six']);
    expect(await history(spike, cid)).toEqual([]);
    expect(await find(back, cid, 2)).toMatchObject({ msg: 'storm at six', bin: false, msg_from: 'desk' });
    expect(await find(spike, cid, 2)).not.toHaveProperty('msg');
  });

  it('[F-SYS-01][F-SYS-10][F-SYS-16] speaks to chosen users, subscribed or not, with one id', async () => {
    const cid = await open();
    const [tom, jerry, spike] = [await login('tom'), await login('jerry'), await login('spike')];
    await subscribeTo(spike, cid);
    await jerry.close();
    const sent = await sendToClients(world(), operator(), {
      ...said(cid, 'your order'),
      clients: [tom.id, jerry.id],
    });
    const [push] = await heard(tom, CommandType.direct);
    expect(push?.directMessage).toMatchObject({ id: sent.id, timestamp: sent.timestamp, msg: 'your order' });
    const back = await again(jerry.id);
    expect(unreadOf(await heard(back, CommandType.unread))).toEqual([[cid, 1, 'your order']]);
    expect(await history(back, cid)).toEqual(['your order']);
    expect(await heardTexts(spike)).toEqual([]);
    expect(await history(spike, cid)).toEqual([]);
    await sendToClients(world(), operator(), { ...said(cid, 'now'), clients: [tom.id], transient: true });
    expect(await heardTexts(tom)).toEqual(['now']);
    expect(await history(tom, cid)).toEqual(['your order']);
    const many = Array.from({ length: 21 }, (_, index) => `client-${index}`);
    for (const wrong of [[], many]) {
      await expect(
        sendToClients(world(), operator(), { ...said(cid, 'no'), clients: wrong }),
      ).rejects.toMatchObject({ reason: 'INVALID_MESSAGING_TARGET' });
    }
    await expect(
      sendToClients(world(), operator(), { ...said('000000000000000000000000', 'no'), clients: ['a'] }),
    ).rejects.toMatchObject({ reason: 'INVALID_MESSAGING_TARGET' });
  });

  it('[F-SYS-11] takes words back from all subscribers at once, and from chosen users one by one', async () => {
    const cid = await open();
    const [tom, jerry] = [await login('tom'), await login('jerry')];
    await subscribeTo(tom, cid);
    await subscribeTo(jerry, cid);
    const all = await sendToSubscribers(world(), operator(), said(cid, 'wrong'));
    const both = await sendToClients(world(), operator(), {
      ...said(cid, 'secret'),
      clients: [tom.id, jerry.id],
    });
    await tom.settled();
    await jerry.close();
    const recall = { service: cid, from: 'desk', change: { action: 'recall' } } as const;
    await patchFromService(world(), operator(), { ...recall, ...all });
    await patchFromService(world(), operator(), { ...recall, ...both, clients: [jerry.id] });
    const patches = (commands: readonly GenericCommand[]) =>
      commands.flatMap(({ patchMessage }) =>
        (patchMessage?.patches ?? []).map(({ mid, recall: recalled }) => [mid, recalled]),
      );
    expect(patches(await heard(tom, CommandType.patch))).toEqual([[all.id, true]]);
    const back = await again(jerry.id, { lastPatchTime: 1 });
    expect(patches(await heard(back, CommandType.patch))).toEqual([
      [all.id, true],
      [both.id, true],
    ]);
    expect(await history(tom, cid)).toEqual(['{"_lctype":-127}', 'secret']);
    expect(await history(back, cid)).toEqual(['{"_lctype":-127}', '{"_lctype":-127}']);
    const refused = (changes: object) =>
      expect(patchFromService(world(), operator(), { ...recall, ...all, ...changes })).rejects;
    await refused({ from: 'another' }).toMatchObject({ reason: 'MESSAGE_OWNERSHIP_REQUIRED' });
    await refused({ id: 'unknown' }).toMatchObject({ reason: 'MESSAGE_NOT_FOUND' });
    await refused({ clients: [tom.id] }).toMatchObject({ reason: 'MESSAGE_NOT_FOUND' });
  });

  it('[F-MSG-61] says something to all but one who is not to see it any more, and never tells that one again', async () => {
    const cid = await open();
    const [alice, bob] = [await login('alice'), await login('bob')];
    for (const client of [alice, bob]) await subscribeTo(client, cid);
    const first = await sendToSubscribers(world(), operator(), said(cid, 'first'));
    await alice.close();
    const secret = await sendToSubscribers(world(), operator(), said(cid, 'secret'));
    const phone = await again(alice.id);
    expect(unreadOf(await heard(phone, CommandType.unread))).toEqual([[cid, 2, 'secret']]);
    // As a summary of this moment would name it.
    const since = world().clock.now() - 1;

    await remove(cid, alice.id, secret);
    // Nobody is told, and devices keep what they have.
    expect(await heard(phone, CommandType.patch)).toEqual([]);
    expect(await history(phone, cid)).toEqual(['first']);
    expect(await history(bob, cid)).toEqual(['first', 'secret']);
    expect((await find(phone, cid, 2))?.msg).toBe('first');
    expect((await find(bob, cid, 2))?.msg).toBe('secret');
    await phone.close();
    const back = await again(alice.id);
    expect(unreadOf(await heard(back, CommandType.unread))).toEqual([[cid, 1, 'first']]);
    await back.close();
    const informed = await again(alice.id, { lastUnreadNotifTime: since });
    expect(unreadOf(await heard(informed, CommandType.unread))).toEqual([[cid, 1, 'first']]);

    const change = { service: cid, from: 'desk' };
    const edit = { ...change, change: { action: 'edit', body: 'changed' } } as const;
    await heard(bob, CommandType.patch);
    await patchFromService(world(), operator(), { ...edit, ...secret });
    await patchFromService(world(), operator(), { ...edit, ...first });
    const changed = async (client: TestClient) =>
      (await heard(client, CommandType.patch)).flatMap(({ patchMessage }) =>
        (patchMessage?.patches ?? []).map(({ mid }) => mid),
      );
    expect(await changed(informed)).toEqual([first.id]);
    expect(await changed(bob)).toEqual([secret.id, first.id]);
    await patchFromService(world(), operator(), { ...change, change: { action: 'recall' }, ...secret });
    expect(await changed(informed)).toEqual([]);
    expect(await changed(bob)).toEqual([secret.id]);
    const [aliceLater, bobLater] = [
      await again(alice.id, { lastPatchTime: 1 }),
      await again(bob.id, { lastPatchTime: 1 }),
    ];
    expect(await changed(aliceLater)).toEqual([first.id]);
    expect(await changed(bobLater)).toEqual([first.id, secret.id]);
    expect(await history(aliceLater, cid)).toEqual(['changed']);
    await leave(aliceLater, cid);
    await subscribeTo(aliceLater, cid);
    expect(await history(aliceLater, cid)).toEqual(['changed']);
  });

  it('[F-SYS-12][F-SYS-14] speaks to everybody in the app, and to who comes while it is valid', async () => {
    const cid = await open();
    const [tom, jerry] = [await login('tom'), await login('jerry')];
    await jerry.close();
    const sent = await broadcast(world(), operator(), said(cid, 'maintenance'));
    expect(await heardTexts(tom)).toEqual(['maintenance']);
    const back = await again(jerry.id);
    expect(unreadOf(await heard(back, CommandType.unread))).toEqual([[cid, 1, 'maintenance']]);
    expect(await history(back, cid)).toEqual(['maintenance']);
    back.send({ cmd: CommandType.read, readMessage: { convs: [{ cid }] } });
    await expect
      .poll(async () => unreadOf(await heard(back, CommandType.unread)))
      .toEqual([[cid, 0, 'maintenance']]);
    const edit = { action: 'edit', body: 'tonight' } as const;
    await patchFromService(world(), operator(), { service: cid, ...sent, from: 'desk', change: edit });
    expect(await heard(tom, CommandType.patch)).toEqual([]);
    const late = await login('late');
    expect(unreadOf(await heard(late, CommandType.unread))).toEqual([[cid, 1, 'tonight']]);
    expect(await withdrawBroadcast(world(), app(), sent.id)).toBe(true);
    const later = await login('later');
    expect(unreadOf(await heard(later, CommandType.unread))).toEqual([]);
    expect(await withdrawBroadcast(world(), app(), sent.id)).toBe(false);
  });

  it('[F-SYS-02] is what a bot is made of: it hears a question and answers who asked, and nobody else', async () => {
    const cid = await open('calculator');
    const [tom, jerry] = [await login('tom'), await login('jerry')];
    await subscribeTo(jerry, cid);
    await say(tom, cid, '6 * 7');
    const service = (await world().conversations.load(app().key, cid))?.key ?? 0;
    const [question] = await listReceived(world(), app(), { service, newestFirst: true, skip: 0, limit: 1 });
    const [left, right] = String(question?.message.body).split(' * ').map(Number);
    await sendToClients(world(), operator(), {
      ...said(cid, String((left ?? 0) * (right ?? 0))),
      clients: [question?.message.sender ?? ''],
    });
    expect(await heardTexts(tom)).toEqual(['42']);
    expect(await history(tom, cid)).toEqual(['6 * 7', '42']);
    expect(await heardTexts(jerry)).toEqual([]);
  });

  it('[F-SYS-15] speaks to who is online only, with a transient broadcast', async () => {
    const cid = await open();
    const tom = await login('tom');
    await broadcast(world(), operator(), { ...said(cid, 'now or never'), transient: true });
    const [push] = await heard(tom, CommandType.direct);
    expect(push?.directMessage).toMatchObject({ msg: 'now or never', transient: true });
    const late = await login('late');
    expect(unreadOf(await heard(late, CommandType.unread))).toEqual([]);
    expect(await history(late, cid)).toEqual([]);
  });

  it('[F-GRP-06][F-SYS-03] is muted by a subscriber for itself', async () => {
    const cid = await open();
    const [tom, jerry] = [await login('tom'), await login('jerry')];
    const stranger = await conv(tom, OpType.mute, { cid });
    expect(stranger.errorMessage?.reason).toBe('CONVERSATION_UPDATE_REJECTED');
    await subscribeTo(tom, cid);
    await subscribeTo(jerry, cid);
    const muted = await conv(tom, OpType.mute, { cid });
    expect(muted).toMatchObject({ op: OpType.updated, convMessage: { cid } });
    expect(await find(tom, cid)).toMatchObject({ muted: true });
    expect(await find(jerry, cid)).toMatchObject({ muted: false });
    await conv(tom, OpType.unmute, { cid });
    expect(await find(tom, cid)).toMatchObject({ muted: false });
  });

  it('[F-MSG-48] replays in the old offline mode what a client has not acknowledged', async () => {
    const cid = await open();
    const tom = await login('tom');
    await subscribeTo(tom, cid);
    await tom.close();
    await sendToSubscribers(world(), operator(), said(cid, 'one'));
    await sendToClients(world(), operator(), { ...said(cid, 'two'), clients: [tom.id] });
    const old = async () => {
      const client = await TestClient.connect(parley.wsUrl, { subprotocol: 'lc.protobuf2.1' });
      await client.login(parley.appId, tom.id);
      await parley.caughtUp();
      return client;
    };
    const first = await old();
    const replayed = await heard(first, CommandType.direct);
    expect(replayed.map(({ directMessage }) => [directMessage?.msg, directMessage?.offline])).toEqual([
      ['one', true],
      ['two', true],
    ]);
    const newest = replayed.at(-1)?.directMessage?.timestamp ?? 0;
    first.send({ cmd: CommandType.ack, ackMessage: { cid, tots: newest } });
    await first.settled();
    await first.close();
    expect(await heardTexts(await old())).toEqual([]);
  });

  it('[F-MSG-52] pages through what a client sees as through one list, in both directions', async () => {
    const cid = await open();
    const tom = await login('tom');
    await subscribeTo(tom, cid);
    const written: string[] = [];
    for (let index = 0; index < 40; index++) {
      const body = `${index}`;
      if (index % 3 === 0) {
        const sent = await sendToSubscribers(world(), operator(), said(cid, body));
        if (index % 2 === 0) {
          await remove(cid, tom.id, sent);
          continue;
        }
      }
      if (index % 3 === 1)
        await sendToClients(world(), operator(), { ...said(cid, body), clients: [tom.id] });
      if (index % 3 === 2) await say(tom, cid, body);
      written.push(body);
    }
    const all = await tom.request({ cmd: CommandType.logs, logsMessage: { cid, limit: 1000 } });
    const places = (all.logsMessage?.logs ?? []).map(({ msgId, timestamp }) => `${timestamp} ${msgId}`);
    expect((all.logsMessage?.logs ?? []).map(({ data }) => data).sort()).toEqual([...written].sort());
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 15 }), fc.constantFrom(1, 2), async (limit, direction) => {
        const found: string[] = [];
        let place = {};
        for (;;) {
          const page = await tom.request({
            cmd: CommandType.logs,
            logsMessage: { cid, limit, direction, ...place },
          });
          const logs = page.logsMessage?.logs ?? [];
          const names = logs.map(({ msgId, timestamp }) => `${timestamp} ${msgId}`);
          if (direction === 1) found.unshift(...names);
          else found.push(...names);
          const last = direction === 1 ? logs[0] : logs.at(-1);
          if (last === undefined || logs.length < limit) break;
          place = { t: last.timestamp, mid: last.msgId };
        }
        expect(found).toEqual(places);
      }),
      { numRuns: 20 },
    );
  });

  it('counts a message once that is sent while its reader logs in', async () => {
    const cid = await open();
    const tom = await login('tom');
    await subscribeTo(tom, cid);
    for (let round = 0; round < 20; round++) {
      const client = await TestClient.connect(parley.wsUrl);
      const [, sent] = await Promise.all([
        client.login(parley.appId, tom.id),
        sendToSubscribers(world(), operator(), said(cid, `round ${round}`)),
        sendToClients(world(), operator(), { ...said(cid, `own ${round}`), clients: [tom.id] }),
      ]);
      await parley.caughtUp();
      await client.settled();
      let count = 0;
      for (const { cmd, unreadMessage, directMessage } of client.inbox) {
        // As SDKs count: a summary is the new truth, a message adds one.
        if (cmd === CommandType.unread) {
          for (const one of unreadMessage?.convs ?? []) if (one.cid === cid) count = one.unread ?? 0;
        }
        if (cmd === CommandType.direct && directMessage?.cid === cid) count++;
      }
      expect(sent.id).toHaveLength(22);
      expect(count).toBe(2);
      client.send({ cmd: CommandType.read, readMessage: { convs: [{ cid }] } });
      await client.settled();
      await client.close();
    }
  });

  it('[F-SYS-05][F-SYS-01] says one thing to a hundred thousand subscribers in one row', async () => {
    const SUBSCRIBERS = 100_000;
    const cid = await open('everybody’s');
    const service = await world().conversations.load(app().key, cid);
    if (service === undefined) throw new Error('It is gone.');
    const { services, memberStates, messages } = parley.store;
    for (let n = 0; n < SUBSCRIBERS; n += 5_000) {
      const names = Array.from({ length: 5_000 }, (_, index) => `reader-${n + index}`);
      await Promise.all(names.map((name) => services.subscribe(service, name, 1)));
    }
    expect(await countSubscribers(world(), app(), cid)).toBe(SUBSCRIBERS);
    const online = await again('reader-4711');
    await sendToSubscribers(world(), operator(), said(cid, 'hello, all'));
    expect(await heardTexts(online)).toEqual(['hello, all']);
    const stored = await messages.history({ conversation: service.key, direction: 'older', limit: 10 });
    expect(stored).toHaveLength(1);
    for (const reader of ['reader-0', 'reader-50000', 'reader-99999']) {
      const states = await memberStates.unread(app().key, reader, 0, Date.now());
      expect(states.map(({ count, conversation }) => [conversation.id, count])).toEqual([[cid, 1]]);
    }
  }, 60_000);
});
