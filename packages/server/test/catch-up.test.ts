import { CommandType, type GenericCommand, type UnreadTuple } from '@parley/protocol';
import { FakeClock, type Parley, type Store, startParley, TestClient } from '@parley/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMemoryStore } from '../src/engines/store-memory/index.ts';
import { history, say, startConversation } from './flow.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley();
});
afterAll(() => parley.close());

let clients = 0;
const someone = (name: string) => `${name}-${++clients}`;

/** Everything a client was sent so far, in order, once its login has caught up. */
async function received(client: TestClient): Promise<readonly GenericCommand[]> {
  await parley.caughtUp();
  await client.settled();
  return client.inbox.splice(0);
}

const tuplesOf = (commands: readonly GenericCommand[]): readonly UnreadTuple[] =>
  commands.flatMap((command) => command.unreadMessage?.convs ?? []);
const messagesOf = (commands: readonly GenericCommand[]) =>
  commands.filter(({ cmd }) => cmd === CommandType.direct).map(({ directMessage }) => directMessage?.msg);

describe('a login while others are talking', () => {
  it('[F-SESS-13][F-MSG-44] finds each message either counted in the summary or pushed after it', async () => {
    const tom = await TestClient.open(parley, someone('Tom'));
    await fc.assert(
      fc.asyncProperty(fc.nat(12), fc.integer({ min: 1, max: 40 }), async (before, during) => {
        const name = someone('Jerry');
        const cid = await startConversation(tom, { m: [name] });
        await Promise.all(Array.from({ length: before }, (_, n) => say(tom, cid, `before ${n}`)));
        const talking = Promise.all(Array.from({ length: during }, (_, n) => say(tom, cid, `during ${n}`)));
        const jerry = await TestClient.open(parley, name);
        await talking;
        const commands = await received(jerry);
        const summaryAt = commands.findIndex(({ cmd }) => cmd === CommandType.unread);
        const counted = tuplesOf(commands).find((tuple) => tuple.cid === cid)?.unread ?? 0;
        const after = messagesOf(commands.slice(summaryAt + 1));
        expect(counted + after.length).toBe(before + during);
        const pushed = messagesOf(commands);
        expect(new Set(pushed).size).toBe(pushed.length);
        await jerry.close();
      }),
      { numRuns: 60 },
    );
    await tom.close();
  });

  it('[F-SESS-13][F-MSG-08] in the old offline mode gets each message exactly once, in order', async () => {
    const tom = await TestClient.open(parley, someone('Tom'));
    await fc.assert(
      fc.asyncProperty(fc.nat(12), fc.integer({ min: 1, max: 40 }), async (before, during) => {
        const name = someone('Jerry');
        const cid = await startConversation(tom, { m: [name] });
        await Promise.all(Array.from({ length: before }, (_, n) => say(tom, cid, `before ${n}`)));
        const talking = Promise.all(Array.from({ length: during }, (_, n) => say(tom, cid, `during ${n}`)));
        const jerry = await TestClient.open(parley, name, {}, { subprotocol: 'lc.protobuf2.1' });
        await talking;
        const commands = await received(jerry);
        expect(tuplesOf(commands)).toEqual([]);
        expect(messagesOf(commands)).toEqual(await history(tom, cid));
        await jerry.close();
      }),
      { numRuns: 60 },
    );
    await tom.close();
  });

  it('[F-MSG-28] keeps counts exact while several devices read, reconnect and are written to', async () => {
    const [tom, name] = [await TestClient.open(parley, someone('Tom')), someone('Jerry')];
    const cid = await startConversation(tom, { m: [name] });
    const step = fc.constantFrom('send', 'send', 'read', 'reconnect');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        let device = await TestClient.open(parley, name, { deviceId: 'one' });
        const other = await TestClient.open(parley, name, { deviceId: 'two' });
        const work: Promise<unknown>[] = [];
        for (const each of steps) {
          if (each === 'send') work.push(say(tom, cid, 'counted'));
          if (each === 'read') other.send({ cmd: CommandType.read, readMessage: { convs: [{ cid }] } });
          if (each === 'reconnect') {
            await device.terminate();
            device = await TestClient.open(parley, name, { deviceId: 'one' });
          }
        }
        await Promise.all(work);
        await other.settled();
        // Whoever logs in now is told the same.
        const [third, fourth] = [await TestClient.open(parley, name), await TestClient.open(parley, name)];
        const counts = await Promise.all(
          [third, fourth].map(
            async (client) =>
              tuplesOf(await received(client)).find((tuple) => tuple.cid === cid)?.unread ?? 0,
          ),
        );
        expect(counts[0]).toBe(counts[1]);
        other.send({ cmd: CommandType.read, readMessage: { convs: [{ cid }] } });
        await other.settled();
        const sent = await Promise.all(Array.from({ length: 3 }, () => say(tom, cid, 'after reading')));
        expect(sent).toHaveLength(3);
        const fifth = await TestClient.open(parley, name);
        expect(tuplesOf(await received(fifth)).find((tuple) => tuple.cid === cid)?.unread).toBe(3);
        await Promise.all([device, other, third, fourth, fifth].map((client) => client.close()));
      }),
      { numRuns: 15 },
    );
    await tom.close();
  });
});

describe('the summary at login', () => {
  it('[F-MSG-27] has every unread conversation, newest first, at most 20 to a command', async () => {
    const [tomName, name] = [someone('Tom'), someone('Jerry')];
    const tom = await TestClient.open(parley, tomName);
    const cids: string[] = [];
    for (let n = 0; n < 130; n++) {
      const cid = await startConversation(tom, { m: [name], unique: false });
      await say(tom, cid, `message in ${n}`);
      cids.push(cid);
    }
    const jerry = await TestClient.open(parley, name);
    const commands = (await received(jerry)).filter(({ cmd }) => cmd === CommandType.unread);
    expect(commands.every(({ unreadMessage }) => (unreadMessage?.convs?.length ?? 0) <= 20)).toBe(true);
    expect(commands).toHaveLength(7);
    expect(tuplesOf(commands).map(({ cid }) => cid)).toEqual(cids.toReversed());
    for (const tuple of tuplesOf(commands)) {
      expect(tuple).toMatchObject({ unread: 1, mentioned: false, from: tomName, convType: 1 });
      expect(tuple.patchTimestamp).toBeUndefined();
    }
    const times = new Set(commands.map(({ unreadMessage }) => unreadMessage?.notifTime));
    expect(times.size).toBe(1);
    const [notifTime = 0] = times;
    await jerry.close();
    await say(tom, cids[0] ?? '', 'one more');
    const again = await TestClient.open(parley, name, { lastUnreadNotifTime: notifTime });
    expect(tuplesOf(await received(again)).map(({ cid, unread }) => [cid, unread])).toEqual([[cids[0], 2]]);
    await Promise.all([again.close(), tom.close()]);
  });

  it('[F-MSG-43] leaves out nothing that was sent in the millisecond of the summary before', async () => {
    const own = await startParley({ clock: new FakeClock() });
    const tom = await TestClient.open(own, 'Tom');
    const known = await startConversation(tom, { m: ['Jerry'], unique: false });
    const late = await startConversation(tom, { m: ['Jerry'], unique: false });
    await say(tom, known, 'before');
    const jerry = await TestClient.open(own, 'Jerry');
    const { unreadMessage } = await jerry.push(CommandType.unread);
    await jerry.terminate();
    await say(tom, late, 'in the same millisecond');
    const again = await TestClient.open(own, 'Jerry', { lastUnreadNotifTime: unreadMessage?.notifTime });
    const summary = await again.push(CommandType.unread);
    expect(summary.unreadMessage?.convs).toContainEqual(expect.objectContaining({ cid: late, unread: 1 }));
    await Promise.all([tom.close(), again.close()]);
    await own.close();
  });

  it.each(['a login', 'a read mark'] as const)(
    '[F-MSG-44][F-MSG-45] leaves out nothing that was on its way to the store while unread counts were told because of %s',
    async (cause) => {
      const clock = new FakeClock();
      const store = await openMemoryStore();
      let isHeld = false;
      let commit = () => {};
      const append: Store['messages']['append'] = async (draft) => {
        if (isHeld) await new Promise<void>((resolve) => (commit = resolve));
        return store.messages.append(draft);
      };
      const own = await startParley({ clock, store: { ...store, messages: { ...store.messages, append } } });
      const tom = await TestClient.open(own, 'Tom');
      const known = await startConversation(tom, { m: ['Jerry'], unique: false });
      const late = await startConversation(tom, { m: ['Jerry'], unique: false });
      await say(tom, known, 'before');
      const jerry = await TestClient.open(own, 'Jerry');
      let told = await jerry.push(CommandType.unread);

      isHeld = true;
      const slow = say(tom, late, 'slow');
      await tom.settled();
      clock.skip(5_000);
      if (cause === 'a login') {
        await jerry.terminate();
        told = await (await TestClient.open(own, 'Jerry')).push(CommandType.unread);
      } else {
        jerry.send({ cmd: CommandType.read, readMessage: { convs: [{ cid: known }] } });
        told = await jerry.push(CommandType.unread);
        await jerry.terminate();
      }
      // Committed under the time at which it came, five seconds before the counts; nobody was there to be told.
      commit();
      await slow;
      const again = await TestClient.open(own, 'Jerry', {
        lastUnreadNotifTime: told.unreadMessage?.notifTime,
      });
      expect((await again.push(CommandType.unread)).unreadMessage?.convs).toContainEqual(
        expect.objectContaining({ cid: late, unread: 1 }),
      );
      await Promise.all([tom.close(), again.close()]);
      await own.close();
    },
  );

  it('[F-MSG-27] is no command at all where nothing is unread', async () => {
    const jerry = await TestClient.open(parley, someone('Jerry'));
    expect((await received(jerry)).filter(({ cmd }) => cmd === CommandType.unread)).toEqual([]);
    await jerry.close();
  });

  it('[F-MSG-27][F-MSG-28][F-MSG-69] has the caps of old where the app wants them', async () => {
    const [tom, name] = [await TestClient.open(parley, someone('Tom')), someone('Jerry')];
    const busy = await startConversation(tom, { m: [name], unique: false });
    await Promise.all(Array.from({ length: 120 }, (_, n) => say(tom, busy, String(n))));
    for (let n = 0; n < 55; n++) {
      const cid = await startConversation(tom, { m: [name], unique: false });
      await say(tom, cid, 'hello');
    }
    await say(tom, busy, 'the newest');
    await parley.apps.changeSettings(parley.appId, { legacyUnreadCaps: true });
    const jerry = await TestClient.open(parley, name);
    const tuples = tuplesOf(await received(jerry));
    expect(tuples).toHaveLength(50);
    expect(tuples.find(({ cid }) => cid === busy)?.unread).toBe(100);
    const logs = await jerry.request({
      cmd: CommandType.logs,
      logsMessage: { cid: busy, direction: 2, limit: 1 },
    });
    const mid = logs.logsMessage?.logs?.[0]?.msgId ?? '';
    jerry.send({ cmd: CommandType.read, readMessage: { convs: [{ cid: busy, mid }] } });
    expect(tuplesOf([await jerry.push(CommandType.unread)])).toMatchObject([{ cid: busy, unread: 100 }]);
    await parley.apps.changeSettings(parley.appId, { legacyUnreadCaps: null });
    expect(await history(jerry, busy)).toHaveLength(121);
    await Promise.all([jerry.close(), tom.close()]);
  });

  it('[F-MSG-48] in the old offline mode is the newest 100 messages of each conversation, and says if there are more', async () => {
    const [tom, name] = [await TestClient.open(parley, someone('Tom')), someone('Jerry')];
    const cid = await startConversation(tom, { m: [name] });
    for (let n = 0; n < 130; n++) await say(tom, cid, String(n));
    const jerry = await TestClient.open(parley, name, {}, { subprotocol: 'lc.protobuf2.1' });
    const directs = (await received(jerry)).filter(({ cmd }) => cmd === CommandType.direct);
    expect(directs.map(({ directMessage }) => directMessage?.msg)).toEqual(
      Array.from({ length: 100 }, (_, n) => String(n + 30)),
    );
    expect(directs.every(({ directMessage }) => directMessage?.offline === true)).toBe(true);
    expect(directs.map(({ directMessage }) => directMessage?.hasMore)).toEqual([
      ...Array.from({ length: 99 }, () => undefined),
      true,
    ]);
    jerry.send({
      cmd: CommandType.ack,
      ackMessage: { cid, fromts: 0, tots: directs.at(-1)?.directMessage?.timestamp ?? 0 },
    });
    await jerry.settled();
    await jerry.close();
    const again = await TestClient.open(parley, name, {}, { subprotocol: 'lc.protobuf2.1' });
    expect(messagesOf(await received(again))).toEqual([]);
    expect(await history(again, cid)).toHaveLength(130);
    await Promise.all([again.close(), tom.close()]);
  });
});
