import { CommandType, type GenericCommand, OpType } from '@parley/protocol';
import { FakeClock, type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { conv, history, query, say, startConversation, where } from './flow.ts';

const MINUTE = 60_000;

let parley: Parley;
let clock: FakeClock;
beforeAll(async () => {
  clock = new FakeClock();
  parley = await startParley({ clock, limits: { readTimeoutMs: 2 ** 40, loginTimeoutMs: 2 ** 40 } });
});
afterAll(() => parley.close());

let clients = 0;
type Named = TestClient & { readonly id: string; readonly token: string };
async function login(name: string, fields = {}): Promise<Named> {
  const client = await TestClient.connect(parley.wsUrl);
  const id = `${name}-${++clients}`;
  const opened = await client.login(parley.appId, id, { deviceId: `${id} phone`, ...fields });
  return Object.assign(client, { id, token: opened.sessionMessage?.st ?? '' });
}

async function back(client: Named, fields: object): Promise<TestClient> {
  const again = await TestClient.connect(parley.wsUrl);
  const opened = await again.login(parley.appId, client.id, fields);
  expect(opened.op).toBe(OpType.opened);
  return again;
}

const open = (client: TestClient) =>
  startConversation(client, { transient: true, attr: { data: '{"name":"room"}' } });
const join = (client: Named, cid: string) => conv(client, OpType.add, { cid, m: [client.id] });
const count = async (client: TestClient, cid: string) =>
  (await conv(client, OpType.count, { cid })).convMessage?.count;

async function heard(client: TestClient): Promise<readonly (string | undefined)[]> {
  await client.settled();
  const directs = client.inbox.filter(({ cmd }) => cmd === CommandType.direct);
  client.inbox.length = 0;
  return directs.map(({ directMessage }) => directMessage?.msg);
}

const isGone = async (witness: TestClient, cid: string, left: number) =>
  expect.poll(() => count(witness, cid)).toBe(left);

describe('a chat room', () => {
  it('[F-ROOM-03][F-ROOM-08][F-CONV-12] is opened, entered and left by anybody, and nobody is told', async () => {
    const [host, guest] = [await login('host'), await login('guest')];
    const started = await conv(host, OpType.start, { transient: true, unique: true, m: [guest.id] });
    const cid = started.convMessage?.cid ?? '';
    expect(started.convMessage?.uniqueId).toBeUndefined();
    expect(await count(guest, cid)).toBe(1);
    const joined = await join(guest, cid);
    expect(joined).toMatchObject({ op: OpType.added, convMessage: { cid, allowedPids: [guest.id] } });
    expect(joined.convMessage?.udate).toBeDefined();
    expect(await count(host, cid)).toBe(2);
    const left = await conv(guest, OpType.remove, { cid, m: [guest.id] });
    expect(left).toMatchObject({ op: OpType.removed, convMessage: { allowedPids: [guest.id] } });
    expect(await count(host, cid)).toBe(1);
    for (const client of [host, guest]) {
      await client.settled();
      expect(client.inbox).toEqual([]);
    }
    const [found] = await query(guest, where({ tr: true, objectId: cid }));
    expect(found).toMatchObject({ tr: true, conv_type: 2 });
    expect(found).not.toHaveProperty('m');
    await Promise.all([host.close(), guest.close()]);
  });

  it('[F-ROOM-13][F-ROOM-04] hears everybody, who is in it or not, and keeps every message', async () => {
    const [host, guest, passerBy] = [await login('host'), await login('guest'), await login('passer-by')];
    const cid = await open(host);
    await join(guest, cid);
    await say(guest, cid, 'from inside');
    const { ackMessage } = await say(passerBy, cid, 'from outside');
    expect(ackMessage?.code).toBeUndefined();
    expect(await heard(host)).toEqual(['from inside', 'from outside']);
    expect(await heard(guest)).toEqual(['from outside']);
    expect(await heard(passerBy)).toEqual([]);
    expect(await history(passerBy, cid)).toEqual(['from inside', 'from outside']);
    await Promise.all([host, guest, passerBy].map((client) => client.close()));
  });

  it('[F-ROOM-07] keeps nothing for who is away: no unread, no receipts', async () => {
    const [host, guest] = [await login('host'), await login('guest')];
    const cid = await open(host);
    await join(guest, cid);
    await guest.close();
    const { ackMessage } = await say(host, cid, 'missed', { r: true });
    const again = await back(guest, {});
    await again.settled();
    again.send({ cmd: CommandType.ack, ackMessage: { cid, mid: ackMessage?.uid ?? '' } });
    again.send({ cmd: CommandType.read, readMessage: { convs: [{ cid }] } });
    await again.settled();
    expect(again.inbox.filter(({ cmd }) => cmd === CommandType.unread || cmd === CommandType.direct)).toEqual(
      [],
    );
    await host.settled();
    expect(host.inbox.filter(({ cmd }) => cmd === CommandType.rcp)).toEqual([]);
    await Promise.all([host.close(), again.close()]);
  });

  it('[F-ROOM-09][F-CONV-41] takes nobody in and puts nobody out for others', async () => {
    const [host, guest] = [await login('host'), await login('guest')];
    const cid = await open(host);
    for (const op of [OpType.add, OpType.remove]) {
      const reply = await conv(host, op, { cid, m: [guest.id] });
      expect(reply.errorMessage).toMatchObject({ code: 4314, reason: 'NORMAL_CONVERSATION_REQUIRED' });
    }
    expect(await count(host, cid)).toBe(1);
    await Promise.all([host.close(), guest.close()]);
  });

  it('[F-ROOM-10] is left silently by who enters another', async () => {
    const [host, guest] = [await login('host'), await login('guest')];
    const [first, second] = [await open(host), await open(host)];
    expect(await count(host, first)).toBe(0);
    await join(guest, first);
    await join(guest, second);
    expect([await count(host, first), await count(host, second)]).toEqual([0, 2]);
    await say(host, first, 'to nobody');
    await say(host, second, 'to the guest');
    expect(await heard(guest)).toEqual(['to the guest']);
    await Promise.all([host.close(), guest.close()]);
  });

  it('[F-ROOM-05][F-ROOM-18] drops who goes offline, and counts each client once', async () => {
    const host = await login('host');
    const cid = await open(host);
    const guest = await login('guest');
    await join(guest, cid);
    const tablet = Object.assign(await TestClient.open(parley, guest.id, { deviceId: 'tablet' }), {
      id: guest.id,
    });
    expect((await conv(tablet, OpType.add, { cid, m: [guest.id] })).op).toBe(OpType.added);
    expect(await count(host, cid)).toBe(2);
    await guest.terminate();
    await say(host, cid, 'to the tablet');
    expect((await tablet.push(CommandType.direct)).directMessage?.msg).toBe('to the tablet');
    expect(await count(host, cid)).toBe(2);
    await tablet.terminate();
    await isGone(host, cid, 1);
    await host.close();
  });

  it('[F-ROOM-06] gives a sample of who is in it, at most 50, and no list', async () => {
    const host = await login('host');
    const cid = await open(host);
    const guests = await Promise.all(Array.from({ length: 60 }, () => login('guest')));
    await Promise.all(guests.map((guest) => join(guest, cid)));
    const sample = async (fields = {}) =>
      (await conv(host, OpType.members, { cid, ...fields })).convMessage?.m ?? [];
    const some = await sample();
    expect(new Set(some).size).toBe(50);
    const all = new Set([host.id, ...guests.map(({ id }) => id)]);
    expect(some.every((id) => all.has(id))).toBe(true);
    expect(await sample({ limit: 3 })).toHaveLength(3);
    const basic = await startConversation(host, { m: ['x'] });
    expect((await conv(host, OpType.members, { cid: basic })).errorMessage?.code).toBe(4316);
    await Promise.all([host, ...guests].map((client) => client.close()));
  });

  it('tells edits and recalls to who is in it, and lets only them change its attributes', async () => {
    const [host, guest, stranger] = [await login('host'), await login('guest'), await login('stranger')];
    const cid = await open(host);
    await join(guest, cid);
    const { ackMessage } = await say(host, cid, 'typo');
    await host.request({
      cmd: CommandType.patch,
      op: OpType.modify,
      patchMessage: {
        patches: [{ cid, mid: ackMessage?.uid ?? '', timestamp: ackMessage?.t ?? 0, recall: true }],
      },
    });
    expect((await guest.push(CommandType.patch)).patchMessage?.patches?.[0]).toMatchObject({ recall: true });
    const rename = (client: TestClient) =>
      conv(client, OpType.update, { cid, attr: { data: '{"name":"new"}' } });
    expect((await rename(stranger)).errorMessage?.code).toBe(4309);
    expect((await rename(guest)).op).toBe(OpType.updated);
    expect((await host.push(CommandType.conv, OpType.updated)).convMessage?.cid).toBe(cid);
    await stranger.settled();
    expect(stranger.inbox).toEqual([]);
    await Promise.all([host, guest, stranger].map((client) => client.close()));
  });
});

describe('a client that loses its connection', () => {
  it.each([
    ['with a token, as JS, Java and Swift come back', (client: Named) => ({ r: true, st: client.token })],
    [
      'with its device only, as C# comes back',
      (client: Named) => ({ r: true, deviceId: `${client.id} phone` }),
    ],
  ])('[F-ROOM-11] is in its room again within 30 minutes: %s', async (_how, fields) => {
    const [host, guest] = [await login('host'), await login('guest')];
    const cid = await open(host);
    await join(guest, cid);
    await guest.terminate();
    await isGone(host, cid, 1);
    clock.advance(29 * MINUTE);
    const again = await back(guest, fields(guest));
    expect(await count(host, cid)).toBe(2);
    await say(host, cid, 'welcome back');
    expect((await again.push(CommandType.direct)).directMessage?.msg).toBe('welcome back');
    await Promise.all([host.close(), again.close()]);
  });

  it.each([
    ['a device', { deviceId: 'phone' }, { deviceId: 'phone', r: true }],
    ['a device and a tag', { deviceId: 'phone', tag: 'T' }, { deviceId: 'phone', tag: 'T', r: true }],
    ['a tag alone', { deviceId: '', tag: 'T' }, { deviceId: '', tag: 'T', r: true }],
  ])(
    '[F-ROOM-11][F-MSG-49] is in its room again, and has not died, if nobody noticed that its connection was lost: %s',
    async (_what, first, second) => {
      const host = await login('host');
      const cid = await open(host);
      const id = `guest-${Math.random()}`;
      const lost = await TestClient.open(parley, id, first);
      await conv(lost, OpType.add, { cid, m: [id] });
      await say(lost, cid, 'bye', { will: true });
      const again = await TestClient.open(parley, id, second);
      expect(await count(host, cid)).toBe(2);
      await say(host, cid, 'welcome back');
      expect((await again.push(CommandType.direct)).directMessage?.msg).toBe('welcome back');
      await lost.terminate();
      await Promise.all([host.settled(), again.settled()]);
      expect(await count(host, cid)).toBe(2);
      const heard = [...host.inbox, ...again.inbox].map(({ directMessage }) => directMessage?.msg);
      expect(heard).not.toContain('bye');
      await Promise.all([host.close(), again.close()]);
    },
  );

  it('[F-ROOM-11] is in its room again, also where it can name neither session nor device any more', async () => {
    const host = await login('host');
    const guest = await login('guest');
    const cid = await open(host);
    await join(guest, cid);
    await guest.terminate();
    await isGone(host, cid, 1);
    const again = await back(guest, { deviceId: '', r: true });
    expect(await count(host, cid)).toBe(2);
    await Promise.all([host.close(), again.close()]);
  });

  it('[F-ROOM-11] has to enter again after more than 30 minutes, or when it logs in afresh', async () => {
    const [host, late, fresh] = [await login('host'), await login('late'), await login('fresh')];
    const cid = await open(host);
    await join(late, cid);
    await join(fresh, cid);
    await late.terminate();
    await fresh.terminate();
    await isGone(host, cid, 1);
    const login2 = await back(fresh, { deviceId: `${fresh.id} phone` });
    expect(await count(host, cid)).toBe(1);
    clock.advance(31 * MINUTE);
    const again = await back(late, { r: true, st: late.token });
    expect(await count(host, cid)).toBe(1);
    await Promise.all([host, login2, again].map((client) => client.close()));
  });

  it('[F-ROOM-17] is not put back into a room it left or logged out of', async () => {
    const [host, guest, leaver] = [await login('host'), await login('guest'), await login('leaver')];
    const cid = await open(host);
    await join(guest, cid);
    await conv(guest, OpType.remove, { cid, m: [guest.id] });
    await guest.terminate();
    await join(leaver, cid);
    await leaver.request({ cmd: CommandType.session, op: OpType.close });
    await isGone(host, cid, 1);
    const again = await back(guest, { r: true, st: guest.token });
    const relogin = await back(leaver, { r: true, deviceId: `${leaver.id} phone` });
    expect(await count(host, cid)).toBe(1);
    await Promise.all([host, again, relogin, leaver].map((client) => client.close()));
  });

  it('[F-ROOM-17] is not put back by a reconnect after it logged in afresh, or left without being in it', async () => {
    const [host, fresh, leaver] = [await login('host'), await login('fresh'), await login('leaver')];
    const cid = await open(host);
    for (const guest of [fresh, leaver]) {
      await join(guest, cid);
      await guest.terminate();
    }
    await isGone(host, cid, 1);
    const afresh = await back(fresh, { deviceId: `${fresh.id} phone` });
    await afresh.terminate();
    const again = await back(fresh, { r: true, deviceId: `${fresh.id} phone` });
    expect(await count(host, cid)).toBe(1);
    // Back on another device, so that it is in no room, but may still come back on the first.
    const tablet = await back(leaver, { deviceId: 'tablet', st: leaver.token, r: true });
    expect(await count(host, cid)).toBe(2);
    await conv(tablet, OpType.remove, { cid, m: [leaver.id] });
    await tablet.terminate();
    const once = await back(leaver, { r: true, st: leaver.token });
    expect(await count(host, cid)).toBe(1);
    await Promise.all([host, again, once].map((client) => client.close()));
  });

  it('[F-ROOM-17] is not put back into a room after the app sent it away', async () => {
    const [host, guest] = [await login('host'), await login('guest')];
    const cid = await open(host);
    await join(guest, cid);
    await guest.terminate();
    await isGone(host, cid, 1);
    const kicked = await fetch(`${parley.url}/1.2/rtm/clients/${guest.id}/kick`, {
      method: 'POST',
      headers: {
        'X-LC-Id': parley.appId,
        'X-LC-Key': `${parley.masterKey},master`,
        'Content-Type': 'application/json',
      },
      body: '{"reason":"out"}',
    });
    expect(kicked.status).toBe(200);
    const again = await back(guest, { r: true, deviceId: `${guest.id} phone` });
    expect(await count(host, cid)).toBe(1);
    await Promise.all([host.close(), again.close()]);
  });
});

describe('priorities', () => {
  const direct = (cid: string, msg: string, priority?: number): GenericCommand => ({
    cmd: CommandType.direct,
    ...(priority !== undefined && { priority }),
    directMessage: { cid, msg },
  });

  /** A reader that stops reading while a lot is said, and goes on later. */
  async function congested(
    cid: string,
    reader: TestClient,
    speaker: TestClient,
    priorities: readonly (number | undefined)[],
  ) {
    reader.socket.pause();
    const padding = 'x'.repeat(4500);
    const sent = 6000;
    for (let from = 0; from < sent; from += 500) {
      await Promise.all(
        Array.from({ length: 500 }, (_, n) => {
          const index = from + n;
          const priority = priorities[index % priorities.length];
          return speaker.request(direct(cid, `${index} ${priority ?? 0} ${padding}`, priority));
        }),
      );
    }
    reader.socket.resume();
    await speaker.request(direct(cid, 'the end', 1));
    await reader.next((command) => command.directMessage?.msg === 'the end');
    const seen = reader.inbox.flatMap(
      ({ directMessage }) => directMessage?.msg?.split(' ', 2).map(Number) ?? [],
    );
    const messages = Array.from({ length: seen.length / 2 }, (_, n) => ({
      index: seen[2 * n],
      priority: seen[2 * n + 1],
    }));
    return {
      sent,
      of: (priority: number | undefined) =>
        messages.filter((message) => message.priority === (priority ?? 0)).map(({ index }) => index ?? -1),
    };
  }

  it('[F-ROOM-14][F-ROOM-15][F-ROOM-16] let a reader that is too slow miss LOW first, then NORMAL, and HIGH never', async () => {
    const [host, slow] = [await login('host'), await login('slow')];
    const cid = await open(host);
    await join(slow, cid);
    const seen = await congested(
      cid,
      slow,
      host,
      [1, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2],
    );
    const every = Array.from({ length: seen.sent / 20 }, (_, n) => n * 20);
    expect(seen.of(1)).toEqual(every);
    const [normal, low] = [seen.of(2), seen.of(3)];
    expect(normal.length).toBeLessThan((seen.sent * 9) / 20);
    expect(normal.length).toBeGreaterThanOrEqual(low.length);
    for (const indexes of [normal, low]) expect(indexes).toEqual(indexes.toSorted((a, b) => a - b));
    const logs = await host.request({ cmd: CommandType.logs, logsMessage: { cid, limit: 1000 } });
    expect(logs.logsMessage?.logs).toHaveLength(1000);
    await Promise.all([host.close(), slow.close()]);
  }, 60_000);

  it('[F-ROOM-16] are NORMAL unless told otherwise, and NORMAL is not LOW', async () => {
    const limits = { lowQueuedBytes: 64 * 1024, normalQueuedBytes: 2 ** 40, maxQueuedBytes: 2 ** 40 };
    const own = await startParley({ limits });
    const [host, slow] = [await TestClient.open(own, 'host'), await TestClient.open(own, 'slow')];
    const cid = await open(host);
    await conv(slow, OpType.add, { cid, m: ['slow'] });
    const seen = await congested(cid, slow, host, [2, undefined, 3]);
    expect([seen.of(2).length, seen.of(undefined).length]).toEqual([seen.sent / 3, seen.sent / 3]);
    const dropped = seen.sent / 3 - seen.of(3).length;
    expect(dropped).toBeGreaterThan(0);
    expect(own.app.gateway.stats().dropped).toEqual({ low: dropped, normal: 0 });
    await Promise.all([host.close(), slow.close()]);
    await own.close();
  }, 60_000);

  it('[F-ROOM-16] mean nothing in basic conversations, where no message is ever dropped', async () => {
    const [tom, slow] = [await login('Tom'), await login('slow')];
    const cid = await startConversation(tom, { m: [slow.id] });
    slow.socket.pause();
    const padding = 'x'.repeat(3000);
    await Promise.all(Array.from({ length: 600 }, (_, n) => tom.request(direct(cid, `${n} ${padding}`, 3))));
    slow.socket.resume();
    await tom.request(direct(cid, 'the end'));
    await slow.next((command) => command.directMessage?.msg === 'the end');
    const seen = slow.inbox.flatMap(({ directMessage }) => directMessage?.msg?.split(' ')[0] ?? []);
    expect(seen.map(Number)).toEqual(Array.from({ length: 600 }, (_, n) => n));
    await Promise.all([tom.close(), slow.close()]);
  });
});

describe('the ceiling of deliveries', () => {
  afterEach(() => parley.apps.changeSettings(parley.appId, { deliveriesPerSecond: null }));

  it('[F-LIM-05] discards chat-room and transient messages beyond it, and none of any other', async () => {
    const [host, guest] = [await login('host'), await login('guest')];
    const cid = await open(host);
    await join(guest, cid);
    const basic = await startConversation(host, { m: [guest.id] });
    await parley.apps.changeSettings(parley.appId, { deliveriesPerSecond: 5 });
    clock.advance(1000);
    for (let n = 0; n < 8; n++) await say(host, cid, `room ${n}`);
    await say(host, basic, 'typing', { transient: true });
    for (let n = 0; n < 8; n++) await say(host, basic, `basic ${n}`);
    const seen = await heard(guest);
    expect(seen.filter((text) => text?.startsWith('room'))).toEqual([
      'room 0',
      'room 1',
      'room 2',
      'room 3',
      'room 4',
    ]);
    expect(seen.filter((text) => text === 'typing')).toEqual([]);
    expect(seen.filter((text) => text?.startsWith('basic'))).toHaveLength(8);
    clock.advance(1000);
    await say(host, cid, 'the next second');
    expect(await heard(guest)).toEqual(['the next second']);
    expect(await history(host, cid)).toHaveLength(9);
    await Promise.all([host.close(), guest.close()]);
  });
});
