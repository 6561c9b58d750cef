import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QueryTooSlow } from '../query-too-slow.ts';
import { bodies, type Engine, Stage } from '../testing/stage.ts';

/** What only the app's own server asks for. */
export function describeOperators(engine: Engine): void {
  describe('what operators do', () => {
    const stage = new Stage(engine);
    const unhurried = { budget: 60_000 };
    const logged = async (range: object = {}) =>
      (
        await stage.store.messages.log({
          ...unhurried,
          app: stage.app,
          direction: 'older',
          limit: 1000,
          ...range,
        })
      ).map(({ message }) => message.body);

    it('[F-CONV-27][F-CONV-28] deleting a conversation takes everything in it along', async () => {
      const gone = await stage.conversation({ unique: true, columns: { topic: 'a' } });
      const kept = await stage.conversation({ members: ['Tom'] });
      await stage.say(gone, 'one', { token: 'once' });
      await stage.say(kept, 'two');
      const { conversations, messages, memberStates, retention } = stage.store;
      expect(await conversations.delete(gone)).toBe(true);
      expect(await stage.reload(gone)).toBeUndefined();
      expect(await stage.append(gone)).toEqual({ state: 'refused', reason: 'no-conversation' });
      expect(await conversations.addMembers(gone, { clients: ['x'], limit: 5, now: 1 })).toBeUndefined();
      expect((await memberStates.unread(stage.app, 'Jerry', 0, 2000)).length).toBe(0);
      expect(await logged()).toEqual(['two']);
      const again = await conversations.create(stage.draft({ unique: true }));
      expect(again.existing).toBe(false);
      while ((await retention.deleteRemainsOfConversations(10)) > 0);
      expect(await messages.history({ conversation: gone.key, direction: 'older', limit: 10 })).toEqual([]);
      expect(bodies(await stage.history(kept))).toEqual(['two']);
      expect(await conversations.delete(gone)).toBe(false);
    });

    it('[F-CONV-28] the messages of a large conversation go bit by bit', async () => {
      const gone = await stage.conversation();
      for (let n = 0; n < 25; n++) await stage.say(gone, String(n));
      await stage.store.conversations.delete(gone);
      let calls = 0;
      while ((await stage.store.retention.deleteRemainsOfConversations(10)) > 0) calls++;
      expect(calls).toBeLessThanOrEqual(4);
      expect(await stage.history(gone)).toEqual([]);
    });

    it('[F-GRP-14] who may not send until a moment is kept with the conversation', async () => {
      const group = await stage.conversation();
      const silencedUntil = [{ client: 'Jerry', until: 5000 }];
      const outcome = await stage.store.conversations.moderate(group, {
        expectedVersion: group.version,
        silencedUntil,
        notices: [],
        now: 2000,
      });
      expect(outcome).toMatchObject({ conversation: { silencedUntil }, moments: [] });
      expect((await stage.reload(group))?.silencedUntil).toEqual(silencedUntil);
    });

    it('[F-MSG-61] a deleted message is gone for everybody, and nothing else is', async () => {
      const group = await stage.conversation();
      const [one, two, three] = [
        await stage.say(group, 'one'),
        await stage.say(group, 'two'),
        await stage.say(group, 'three'),
      ];
      const { messages, memberStates } = stage.store;
      expect(await messages.delete(group.key, two.id, { author: 'Jerry' })).toBe('not-the-author');
      expect(await messages.delete(group.key, 'unknown', {})).toBe('not-found');
      expect(await messages.delete(group.key, two.id, { author: 'Tom' })).toBe('deleted');
      expect(await messages.delete(group.key, two.id, {})).toBe('not-found');
      expect(await messages.find(group.key, two.id)).toBeUndefined();
      expect(bodies(await stage.history(group))).toEqual(['one', 'three']);
      const [unread] = await memberStates.unread(stage.app, 'Jerry', 0, 2000);
      expect(unread).toMatchObject({ count: 2, lastMessage: { id: three.id } });
      await messages.delete(group.key, three.id, { timestampHint: three.timestamp });
      const [after] = await memberStates.unread(stage.app, 'Jerry', 0, 2000);
      expect(after).toMatchObject({ count: 1, lastMessage: { id: one.id } });
      const four = await stage.say(group, 'four');
      expect(four.seq).toBe(4);
      expect(four.timestamp).toBeGreaterThan(three.timestamp);
    });

    it('a message that is overwritten keeps its place, and shows no edit', async () => {
      const group = await stage.conversation();
      const { id, timestamp } = await stage.say(group, 'a', { fromIp: '192.0.2.7' });
      const { messages } = stage.store;
      expect(await messages.overwrite(group.key, 'unknown', { body: 'b' })).toBe(false);
      expect(await messages.overwrite(group.key, id, { body: '{"_lctype":5}', deliveredAt: 7 })).toBe(true);
      const [changed] = await stage.history(group, { type: 5 });
      expect(changed).toMatchObject({
        id,
        timestamp,
        seq: 1,
        body: '{"_lctype":5}',
        deliveredAt: 7,
        fromIp: '192.0.2.7',
      });
      expect(changed?.patchedAt).toBeUndefined();
      await messages.overwrite(group.key, id, { body: 'c', fromIp: null, deliveredAt: null });
      const found = await messages.find(group.key, id);
      expect([found?.body, found?.fromIp, found?.deliveredAt]).toEqual(['c', undefined, undefined]);
    });

    it('[F-MSG-60] the log of an app, or of a client, has every conversation of that app in order of time', async () => {
      const [one, two] = [
        await stage.conversation(),
        await stage.conversation({ kind: 'chat-room', members: [] }),
      ];
      const other = await stage.makeApp('other-app');
      const foreign = await stage.conversation({ app: other });
      await stage.say(one, 'a', { now: 1000 });
      await stage.say(two, 'b', { now: 2000, sender: 'Jerry', membersOnly: false });
      await stage.say(foreign, 'not here', { now: 2500 });
      await stage.say(one, 'c', { now: 3000 });
      expect(await logged()).toEqual(['a', 'b', 'c']);
      expect(await logged({ limit: 2 })).toEqual(['b', 'c']);
      expect(await logged({ direction: 'newer', limit: 2 })).toEqual(['a', 'b']);
      expect(await logged({ sender: 'Tom' })).toEqual(['a', 'c']);
      expect(await logged({ start: { timestamp: 3000, included: false } })).toEqual(['a', 'b']);
      await stage.say(one, 'd', { now: 4000 });
      expect(await logged({ end: { timestamp: 3000, included: true } })).toEqual(['c', 'd']);
      const [newest] = await stage.store.messages.log({
        ...unhurried,
        app: stage.app,
        direction: 'older',
        limit: 1,
      });
      expect(newest).toMatchObject({ conversation: { id: one.id, kind: 'basic' }, message: { body: 'd' } });
      expect(newest?.client).toBeUndefined();
    });

    it('[F-MSG-60] the log knows whose exchange with a service a message is, and leaves broadcasts out', async () => {
      const service = await stage.conversation({ kind: 'service', members: [] });
      const draft = { service, sender: 'desk', receipt: false, mentions: [], mentionAll: false };
      await stage.store.services.sendToClients({
        ...draft,
        body: 'for Jerry',
        clients: ['Jerry'],
        now: 1000,
      });
      await stage.store.services.broadcast({ ...draft, body: 'for all', validUntil: 9000, now: 2000 });
      await stage.store.services.receive({ ...draft, sender: 'Jerry', body: 'thanks', now: 3000 });
      const log = await stage.store.messages.log({
        ...unhurried,
        app: stage.app,
        direction: 'newer',
        limit: 10,
      });
      const conversation = { id: service.id, kind: 'service' };
      expect(log).toMatchObject([
        { conversation, client: 'Jerry', message: { body: 'for Jerry' } },
        { conversation, client: 'Jerry', message: { body: 'thanks' } },
      ]);
      expect(log).toHaveLength(2);
      expect(await logged({ sender: 'Jerry' })).toEqual([]);
    });

    it('[F-MSG-60] the log is given up within its budget, and is there in the end', async () => {
      const group = await stage.conversation();
      await Promise.all(Array.from({ length: 1200 }, (_, n) => stage.say(group, String(n))));
      const hurried = { app: stage.app, direction: 'newer', limit: 5, budget: 0 } as const;
      let found: readonly unknown[] | undefined;
      for (let attempt = 0; attempt < 10 && found === undefined; attempt++) {
        found = await stage.store.messages.log(hurried).catch((error: Error) => {
          expect(error).toBeInstanceOf(QueryTooSlow);
          return undefined;
        });
      }
      expect(found).toHaveLength(5);
    });

    it('[F-MSG-60] paging through the log misses nothing and repeats nothing', async () => {
      const groups = await Promise.all([stage.conversation(), stage.conversation(), stage.conversation()]);
      const said: string[] = [];
      // All at the same time, as far as each conversation allows.
      for (let n = 0; n < 30; n++) {
        const group = groups[n % groups.length];
        if (group !== undefined) said.push((await stage.say(group, String(n))).id);
      }
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 31 }),
          fc.constantFrom('older' as const, 'newer' as const),
          async (limit, direction) => {
            const seen: string[] = [];
            let start = {};
            for (;;) {
              const page = await stage.store.messages.log({
                ...unhurried,
                app: stage.app,
                direction,
                limit,
                ...start,
              });
              seen.push(...page.map(({ message }) => message.id));
              const last = (direction === 'older' ? page[0] : page.at(-1))?.message;
              if (last === undefined) break;
              start = { start: { timestamp: last.timestamp, id: last.id, included: false } };
            }
            expect(seen.toSorted()).toEqual(said.toSorted());
          },
        ),
        { numRuns: 20 },
      );
    });

    it('[F-GRP-20] conversations a client refuses are listed in their order, and known of each client', async () => {
      const { refusedConversations: refused } = stage.store;
      for (const id of ['c2', 'c1', 'c3', 'c2']) await refused.add(stage.app, 'Tom', id);
      await refused.add(stage.app, 'Jerry', 'c1');
      expect(await refused.list(stage.app, 'Tom', 0, 10)).toEqual(['c2', 'c1', 'c3']);
      expect(await refused.list(stage.app, 'Tom', 1, 1)).toEqual(['c1']);
      expect(await refused.refusedBy(stage.app, 'c1', ['Spike', 'Jerry', 'Tom'])).toEqual(['Jerry', 'Tom']);
      await refused.remove(stage.app, 'Tom', 'c1');
      expect(await refused.refusedBy(stage.app, 'c1', ['Tom'])).toEqual([]);
      expect(await refused.list(stage.app + 1, 'Tom', 0, 10)).toEqual([]);
    });

    it('[F-ROOM-11] rooms to come back to are kept, taken once, and replaced under the same name', async () => {
      const { roomAbsences } = stage.store;
      const absence = (name: string, room: number, until: number) => ({
        name,
        app: stage.app,
        client: 'Tom',
        room,
        until,
      });
      await roomAbsences.keep([absence('session 1', 7, 3000), absence('device "ü"', 7, 2000)]);
      await roomAbsences.keep([absence('session 1', 8, 4000)]);
      expect(await roomAbsences.take()).toEqual([
        absence('device "ü"', 7, 2000),
        absence('session 1', 8, 4000),
      ]);
      expect(await roomAbsences.take()).toEqual([]);
    });

    it('[F-SESS-21] the device that holds a tag is kept until another takes its place or it is removed', async () => {
      const { tagHolders } = stage.store;
      const other = stage.app + 1;
      const of = (device: string, tag = 'Mobile', client = 'Tom', app = stage.app) => ({
        app,
        client,
        tag,
        device,
      });
      await tagHolders.put(of('A'));
      await tagHolders.put(of('W', 'Web "ü"'));
      await tagHolders.put(of('J', 'Mobile', 'Jerry'));
      await tagHolders.put(of('O', 'Mobile', 'Tom', other));
      await tagHolders.put(of('B'));
      expect(await tagHolders.newest(10)).toEqual([
        of('W', 'Web "ü"'),
        of('J', 'Mobile', 'Jerry'),
        of('O', 'Mobile', 'Tom', other),
        of('B'),
      ]);
      await tagHolders.remove(of('A'));
      await tagHolders.remove(of('W', 'Web "ü"'));
      await tagHolders.remove(of('B', 'Unknown'));
      expect(await tagHolders.newest(2)).toEqual([of('O', 'Mobile', 'Tom', other), of('B')]);
      expect(await tagHolders.newest(10)).toHaveLength(3);
    });

    it('[F-SESS-21] writes of one tag that are under way together end as they were called', async () => {
      const { tagHolders } = stage.store;
      const of = (device: string) => ({ app: stage.app, client: 'Tom', tag: 'Mobile', device });
      await Promise.all([
        tagHolders.put(of('A')),
        tagHolders.remove(of('A')),
        tagHolders.put(of('B')),
        tagHolders.put(of('A')),
        tagHolders.put(of('C')),
        tagHolders.remove(of('A')),
      ]);
      expect(await tagHolders.newest(10)).toEqual([of('C')]);
    });

    it('[F-SESS-21] of the devices that hold tags the oldest are forgotten, no more at once than is asked for', async () => {
      const { tagHolders } = stage.store;
      for (const client of ['a', 'b', 'c', 'd', 'e', 'a']) {
        await tagHolders.put({ app: stage.app, client, tag: 'Mobile', device: 'phone' });
      }
      const clients = async () => (await tagHolders.newest(10)).map(({ client }) => client);
      expect(await tagHolders.forgetOldest(5, 10)).toBe(0);
      expect(await tagHolders.forgetOldest(2, 2)).toBe(2);
      expect(await clients()).toEqual(['d', 'e', 'a']);
      expect(await tagHolders.forgetOldest(2, 2)).toBe(1);
      expect(await tagHolders.forgetOldest(2, 2)).toBe(0);
      expect(await clients()).toEqual(['e', 'a']);
    });

    it('[F-SESS-38] clients of a day are counted once, and forgotten with their day', async () => {
      const { dailyClients } = stage.store;
      await dailyClients.add(stage.app, '2026-01-30', ['Tom', 'Jerry']);
      await dailyClients.add(stage.app, '2026-01-31', ['Tom', 'Tom', 'Spike']);
      await dailyClients.add(stage.app, '2026-01-31', ['Tom']);
      await dailyClients.add(stage.app + 1, '2026-01-31', ['Tyke']);
      expect(await dailyClients.count(stage.app, '2026-01-31')).toBe(2);
      expect(await dailyClients.has(stage.app, '2026-01-31', 'Spike')).toBe(true);
      expect(await dailyClients.has(stage.app, '2026-01-31', 'Tyke')).toBe(false);
      expect(await dailyClients.has(stage.app, '2026-01-30', 'Spike')).toBe(false);
      while ((await dailyClients.forget('2026-01-31', 1)) > 0);
      expect(await dailyClients.count(stage.app, '2026-01-30')).toBe(0);
      expect(await dailyClients.count(stage.app, '2026-01-31')).toBe(2);
    });
  });
}
