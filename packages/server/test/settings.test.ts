import { CommandType, OpType } from '@parley/protocol';
import { FakeClock, openMemoryStore, type Parley, startParley, TestClient } from '@parley/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { DailyClients } from '../src/domain/presence/daily-clients.ts';
import { conv, history, query, say, startConversation, where } from './flow.ts';

let parley: Parley;
afterEach(() => parley.close());

async function start(settings: Record<string, unknown>, clock?: FakeClock): Promise<void> {
  parley = await startParley({ ...(clock !== undefined && { clock }) });
  await parley.apps.changeSettings(parley.appId, settings);
}

const rates = (limits: Readonly<Record<string, number>>): Record<string, unknown> => ({
  clientRateLimits: {
    messagesPerMinute: 0,
    historyQueriesPerMinute: 0,
    otherOperationsPerMinute: 0,
    ...limits,
  },
});

const edit = (client: TestClient, cid: string, mid: string, timestamp: number, recall: boolean) =>
  client.request({
    cmd: CommandType.patch,
    op: OpType.modify,
    patchMessage: { patches: [{ cid, mid, timestamp, recall, data: 'changed' }] },
  });

describe('a switch of the app', () => {
  it('[F-MSG-33] allowEdit off refuses an edit with 4406, and lets a recall pass', async () => {
    await start({ allowEdit: false });
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    const { ackMessage } = await say(tom, cid, 'as it was');
    const [mid, t] = [ackMessage?.uid ?? '', ackMessage?.t ?? 0];
    expect((await edit(tom, cid, mid, t, false)).errorMessage?.code).toBe(4406);
    expect(await history(tom, cid)).toEqual(['as it was']);
    expect((await edit(tom, cid, mid, t, true)).errorMessage).toBeUndefined();
    await tom.close();
  });

  it('[F-MSG-34] allowRecall off refuses a recall with 4407, and lets an edit pass', async () => {
    await start({ allowRecall: false });
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    const { ackMessage } = await say(tom, cid, 'as it was');
    const [mid, t] = [ackMessage?.uid ?? '', ackMessage?.t ?? 0];
    expect((await edit(tom, cid, mid, t, true)).errorMessage?.code).toBe(4407);
    expect((await edit(tom, cid, mid, t, false)).errorMessage).toBeUndefined();
    expect(await history(tom, cid)).toEqual(['changed']);
    await tom.close();
  });

  it('[F-CONV-16][F-CONV-19][F-CONV-63] privateConversations hides what is neither one’s own nor public', async () => {
    await start({ privateConversations: true });
    const tom = await TestClient.open(parley, 'Tom');
    const spy = await TestClient.open(parley, 'Spy');
    const make = (attr: object, fields = {}) =>
      startConversation(tom, { m: ['Jerry'], attr: { data: JSON.stringify(attr) }, ...fields });
    const hidden = await make({ name: 'secret plans' });
    const open = await make({ name: 'public plans', attr: { public: true } });
    const room = await startConversation(tom, { transient: true });
    const found = async (client: TestClient, condition: object) =>
      (await query(client, where(condition))).map(({ objectId }) => objectId);
    expect(await found(spy, { objectId: { $in: [hidden, open, room] } })).toEqual(
      expect.arrayContaining([open, room]),
    );
    expect(await found(spy, { objectId: hidden })).toEqual([]);
    expect(await found(spy, { name: { $regex: 'plans' } })).toEqual([open]);
    expect(await found(tom, { objectId: hidden })).toEqual([hidden]);
    const temporary = await startConversation(tom, { m: ['Jerry'], tempConv: true });
    const named = async (client: TestClient) =>
      (await query(client, { tempConvIds: [temporary] })).map(({ objectId }) => objectId);
    expect(await named(spy)).toEqual([]);
    expect(await named(tom)).toEqual([temporary]);
    await parley.apps.changeSettings(parley.appId, { privateConversations: null });
    expect(await found(spy, { objectId: hidden })).toEqual([hidden]);
    expect(await named(spy)).toEqual([temporary]);
    await Promise.all([tom.close(), spy.close()]);
  });

  it('[F-SESS-01][F-SESS-03] strictClientId refuses what was never documented, with 4103', async () => {
    await start({ strictClientId: true });
    // The last one is that of a user of the app.
    for (const id of ['Tom', 'tom_1-b', 'x'.repeat(64), '5fb4d1c2a3b4c5d6e7f80912']) {
      const client = await TestClient.open(parley, id);
      await client.close();
    }
    for (const id of ['1Tom', '5fb4d1c2a3b4c5d6e7f8091g', 'Tom Cat', 'Töm', 'tom@example.com']) {
      const client = await TestClient.connect(parley.wsUrl);
      const reply = await client.login(parley.appId, id);
      expect([id, reply.errorMessage?.code]).toEqual([id, 4103]);
      await client.close();
    }
  });

  it('imEnabled off refuses logins with 4100', async () => {
    await start({ imEnabled: false });
    const client = await TestClient.connect(parley.wsUrl);
    expect((await client.login(parley.appId, 'Tom')).errorMessage?.code).toBe(4100);
    expect(await client.closed).toMatchObject({ code: 4100 });
  });

  it('[F-SEC-12] imEnabled off ends what is going on, at once, and on lets everybody in again', async () => {
    await start({});
    const tom = await TestClient.open(parley, 'Tom');
    const jerry = await TestClient.open(parley, 'Jerry');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    await parley.apps.changeSettings(parley.appId, { imEnabled: false });
    const said = await say(tom, cid, 'unheard');
    expect(said.errorMessage).toMatchObject({ code: 4100, reason: 'APP_NOT_AVAILABLE' });
    expect(await tom.closed).toMatchObject({ code: 4100 });
    expect(await fetch(`${parley.url}/v1/route?appId=${parley.appId}`)).toMatchObject({ status: 404 });
    await parley.apps.changeSettings(parley.appId, { imEnabled: null });
    expect(await history(jerry, cid)).toEqual([]);
    const back = await TestClient.open(parley, 'Tom');
    expect((await say(back, cid, 'heard')).ackMessage?.code).toBeUndefined();
    await Promise.all([jerry.close(), back.close()]);
  });

  it('[F-SEC-11] allowedOrigins refuses pages of other sites with 4110', async () => {
    await start({ allowedOrigins: ['https://chat.example.com'] });
    const page = (origin: string) => TestClient.connect(parley.wsUrl, { headers: { origin } });
    const own = await page('https://chat.example.com');
    expect((await own.login(parley.appId, 'Tom')).op).toBe(OpType.opened);
    const foreign = await page('https://evil.example.com');
    void foreign.login(parley.appId, 'Jerry').catch(() => {});
    expect(await foreign.closed).toMatchObject({ code: 4110 });
    await own.close();
  });

  it('[F-SEC-11] allowedOrigins are scheme, host and port, all of them, and hold from the next login on', async () => {
    await start({});
    const outcome = async (origin?: string) => {
      const page = await TestClient.connect(
        parley.wsUrl,
        origin === undefined ? {} : { headers: { origin } },
      );
      const login = page.login(parley.appId, 'Tom').then(({ op }) => (op === OpType.opened ? 'open' : op));
      const result = await Promise.race([login, page.closed.then(({ code }) => code)]);
      page.terminate();
      login.catch(() => {});
      return result;
    };
    expect(await outcome('https://evil.example.com')).toBe('open');
    const allowedOrigins = ['https://Chat.Example.com:443', 'http://intra.example.com:8080'];
    await parley.apps.changeSettings(parley.appId, { allowedOrigins });
    for (const origin of [
      'https://chat.example.com',
      'http://intra.example.com:8080',
      'http://localhost',
      'http://localhost:5173',
      'capacitor://localhost',
      undefined,
    ]) {
      expect([origin, await outcome(origin)]).toEqual([origin, 'open']);
    }
    for (const origin of [
      'http://chat.example.com',
      'https://chat.example.com:8443',
      'https://www.chat.example.com',
      'https://chat.example.com.evil.com',
      'https://evil.com/https://chat.example.com',
      'http://intra.example.com',
      'http://localhost.evil.com',
      'http://127.0.0.1',
      'null',
      '',
    ]) {
      expect([origin, await outcome(origin)]).toEqual([origin, 4110]);
    }
    await parley.apps.changeSettings(parley.appId, { allowedOrigins: [] });
    expect(await outcome('https://evil.example.com')).toBe('open');
  });

  it('[F-CONV-20] maxMembers is the size of a group', async () => {
    await start({ maxMembers: 3 });
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['a', 'b'] });
    const added = await conv(tom, OpType.add, { cid, m: ['c'] });
    expect(added.errorMessage?.code ?? added.convMessage?.failedPids?.[0]?.code).toBe(4304);
    await tom.close();
  });
});

describe('dailyClients', () => {
  it('[F-LIM-09] refuses who comes after the last of the day with 4113; who was there may come again', async () => {
    const clock = new FakeClock();
    await start({ dailyClients: 3 }, clock);
    const logins = async (...ids: (string | undefined)[]) => {
      const clients = await Promise.all(ids.map(() => TestClient.connect(parley.wsUrl)));
      const replies = await Promise.all(clients.map((client, n) => client.login(parley.appId, ids[n])));
      await Promise.all(clients.map((client) => client.close()));
      return replies.map((reply) => reply.errorMessage?.code ?? 0);
    };
    expect(await logins('a')).toEqual([0]);
    const together = await logins('b', 'c', 'd', 'e');
    expect(together.toSorted()).toEqual([0, 0, 4113, 4113]);
    expect(await logins('a')).toEqual([0]);
    expect(await logins('f', undefined)).toEqual([4113, 4113]);
    await parley.apps.changeSettings(parley.appId, { dailyClients: 4 });
    expect(await logins('f')).toEqual([0]);
    clock.advance(24 * 3600_000);
    expect(await logins('g', 'h', 'i', 'j')).toEqual([0, 0, 0, 0]);
    expect(await logins('a')).toEqual([4113]);
  });

  it('[F-LIM-09] leaves nobody online who was gone before the count was known', async () => {
    const store = await openMemoryStore();
    const counted = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    parley = await startParley({
      store: {
        ...store,
        dailyClients: {
          ...store.dailyClients,
          async count(...about) {
            asked.resolve();
            await counted.promise;
            return store.dailyClients.count(...about);
          },
        },
      },
      settings: { dailyClients: 5 },
    });
    const gone = await TestClient.connect(parley.wsUrl);
    void gone.login(parley.appId, 'Tom').catch(() => {});
    await asked.promise;
    await gone.terminate();
    const { live } = parley.app.core;
    await expect.poll(() => parley.app.gateway.stats().connections).toBe(0);
    counted.resolve();
    const watcher = await TestClient.connect(parley.wsUrl);
    await watcher.login(parley.appId, 'watcher');
    expect(
      [...live.all(parley.apps.find(parley.appId)?.key ?? 0)].map(({ identity }) => identity.client),
    ).toEqual(['watcher']);
    await watcher.close();
  });

  it('[F-LIM-09] counts those who came before the server was started again', async () => {
    await start({});
    const first = await TestClient.open(parley, 'before');
    await first.close();
    await parley.app.core.world.dailyClients.save();
    await parley.apps.changeSettings(parley.appId, { dailyClients: 1 });
    const { clock, store } = parley.app.core.world;
    const restarted = new DailyClients(store.dailyClients, clock);
    const key = parley.apps.find(parley.appId)?.key ?? 0;
    await Promise.all(['before', 'after'].map((client) => restarted.prepare(key, client)));
    expect(restarted.isFull(key, 'before', 1)).toBe(false);
    expect(restarted.isFull(key, 'after', 1)).toBe(true);
  });
});

describe('the rates of a client', () => {
  it('[F-LIM-01][F-LIM-08] refuse the message after the last one of a minute with 4116, and forget after the minute', async () => {
    const clock = new FakeClock();
    await start(rates({ messagesPerMinute: 3 }), clock);
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    const codes = async (count: number) => {
      const replies = await Promise.all(Array.from({ length: count }, (_, n) => say(tom, cid, `${n}`)));
      return replies.map((reply) => reply.ackMessage?.code ?? undefined);
    };
    expect(await codes(4)).toEqual([undefined, undefined, undefined, 4116]);
    clock.advance(59_000);
    expect(await codes(1)).toEqual([4116]);
    clock.advance(2_000);
    expect(await codes(1)).toEqual([undefined]);
    expect(await history(tom, cid)).toHaveLength(4);
    await tom.close();
  });

  it('[F-LIM-02] count history by itself', async () => {
    await start(rates({ historyQueriesPerMinute: 2 }), new FakeClock());
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    const read = () => tom.request({ cmd: CommandType.logs, logsMessage: { cid } });
    const replies = [await read(), await read(), await read()];
    expect(replies.map((reply) => reply.errorMessage?.code)).toEqual([undefined, undefined, 4116]);
    expect((await say(tom, cid, 'not a query')).ackMessage?.code).toBeUndefined();
    await tom.close();
  });

  it('[F-LIM-03] count everything else together, for each client by itself', async () => {
    await start(rates({ otherOperationsPerMinute: 4 }), new FakeClock());
    const tom = await TestClient.open(parley, 'Tom');
    const jerry = await TestClient.open(parley, 'Jerry');
    const create = (client: TestClient) => conv(client, OpType.start, { m: ['Spike'], unique: false });
    // The login was one of the four.
    const codes: (number | undefined)[] = [];
    for (let n = 0; n < 4; n++) codes.push((await create(tom)).errorMessage?.code);
    expect(codes).toEqual([undefined, undefined, undefined, 4116]);
    expect((await create(jerry)).errorMessage?.code).toBeUndefined();
    // Whoever did too much may still leave.
    expect((await tom.request({ cmd: CommandType.session, op: OpType.close })).op).toBe(OpType.closed);
    await Promise.all([tom.close(), jerry.close()]);
  });

  it('[F-LIM-08] leave out what keeps a client up to date: coming back by token, refreshing, asking, reading', async () => {
    await start(rates({ otherOperationsPerMinute: 2 }), new FakeClock());
    const before = await TestClient.connect(parley.wsUrl);
    const { sessionMessage } = await before.login(parley.appId, 'Tom', { deviceId: 'phone' });
    await before.terminate();
    const tom = await TestClient.connect(parley.wsUrl);
    const again = await tom.login(parley.appId, 'Tom', {
      r: true,
      st: sessionMessage?.st ?? '',
      deviceId: 'phone',
    });
    expect(again.op).toBe(OpType.opened);
    const refresh = { cmd: CommandType.session, op: OpType.refresh, sessionMessage: {} };
    expect((await tom.request(refresh)).op).toBe(OpType.refreshed);
    expect(await query(tom, where({ objectId: 'nothing' }))).toEqual([]);
    tom.send({ cmd: CommandType.ack, ackMessage: { cid: 'c', mid: 'm' } });
    tom.send({ cmd: CommandType.read, readMessage: { convs: [{ cid: 'c' }] } });
    await tom.settled();
    // The first login was one of the two.
    const create = async () => (await conv(tom, OpType.start, { m: ['Jerry'] })).errorMessage?.code;
    expect([await create(), await create()]).toEqual([undefined, 4116]);
    await tom.close();
  });

  it('[F-LIM-01] drop without an answer where the app wants the documented silence', async () => {
    await start({ ...rates({ messagesPerMinute: 1 }), silentOverLimit: true }, new FakeClock());
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    await say(tom, cid, 'heard');
    tom.send({ cmd: CommandType.direct, i: 77, directMessage: { cid, msg: 'dropped' } });
    await tom.settled();
    expect(tom.inbox.some((command) => command.i === 77)).toBe(false);
    expect(await history(tom, cid)).toEqual(['heard']);
    await tom.close();
  });
});
