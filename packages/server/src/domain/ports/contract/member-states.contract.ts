import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Engine, Stage } from '../testing/stage.ts';

export function describeMemberStates(engine: Engine): void {
  describe('what members have received and read', () => {
    const stage = new Stage(engine);
    const states = () => stage.store.memberStates;
    const unread = async (client: string, since = 0) => {
      const found = await states().unread(stage.app, client, since, 100_000);
      return found.map(({ conversation, count, mentioned }) => [conversation.id, count, mentioned]);
    };

    it('[F-MSG-44] counts messages of others after the read position', async () => {
      const group = await stage.conversation();
      await stage.say(group, '1');
      const second = await stage.say(group, '2');
      await stage.say(group, '3', { mentions: ['Jerry'] });
      await stage.say(group, 'mine', { sender: 'Jerry' });
      expect(await unread('Jerry')).toEqual([[group.id, 3, true]]);
      expect(await unread('Tom')).toEqual([[group.id, 1, false]]);
      const read = await states().markRead(group.key, 'Jerry', { id: second.id }, 5000);
      expect(read).toMatchObject({ advanced: true, unread: { count: 1, mentioned: true } });
      const back = await states().markRead(group.key, 'Jerry', { timestamp: 1 }, 6000);
      expect(back).toMatchObject({ advanced: false, unread: { count: 1 } });
      const all = await states().markRead(group.key, 'Jerry', {}, 7000);
      expect(all).toMatchObject({ advanced: true, unread: { count: 0, mentioned: false } });
      expect(await unread('Jerry')).toEqual([]);
      expect(await states().markRead(group.key, 'nobody', {}, 7000)).toBeUndefined();
    });

    it('[F-MSG-45] tells what changed since a moment, the newest message first', async () => {
      const groups = [await stage.conversation(), await stage.conversation(), await stage.conversation()];
      const [a, b, c] = groups;
      if (a === undefined || b === undefined || c === undefined) throw new Error('Nothing was made.');
      await stage.say(a, 'old', { now: 2000 });
      await stage.say(b, 'new', { now: 8000 });
      await stage.say(c, 'newest', { now: 9000 });
      expect((await unread('Jerry')).map(([id]) => id)).toEqual([c.id, b.id, a.id]);
      expect((await unread('Jerry', 5000)).map(([id]) => id)).toEqual([c.id, b.id]);
      await states().markRead(a.key, 'Jerry', {}, 9500);
      expect(await unread('Jerry', 9200)).toEqual([[a.id, 0, false]]);
    });

    it('counts for who joins only what comes after', async () => {
      const group = await stage.conversation({ members: ['Tom'] });
      await stage.say(group, 'before');
      await stage.store.conversations.addMembers(group, { clients: ['Jerry'], now: 2000, limit: 9 });
      expect(await unread('Jerry')).toEqual([]);
      await stage.say(group, 'after', { now: 3000 });
      expect(await unread('Jerry')).toEqual([[group.id, 1, false]]);
    });

    it('[F-MSG-40][F-MSG-41] acknowledges between two, once, and names who asked for a receipt', async () => {
      const pair = await stage.conversation();
      const asked = await stage.say(pair, 'asked', { receipt: true });
      await stage.say(pair, 'not asked');
      const covered = { upTo: 100_000 };
      expect(await states().acknowledge(pair.key, 'Jerry', covered, 5000)).toEqual([
        { id: asked.id, sender: 'Tom', timestamp: asked.timestamp },
      ]);
      expect(await states().acknowledge(pair.key, 'Jerry', covered, 6000)).toEqual([]);
      const history = await stage.history(pair);
      expect(history.map(({ deliveredAt }) => deliveredAt)).toEqual([5000, 5000]);
      const group = await stage.conversation({ members: ['Tom', 'Jerry', 'Spike'] });
      const inGroup = await stage.say(group, 'in a group', { receipt: true });
      expect(await states().acknowledge(group.key, 'Jerry', { id: inGroup.id }, 5000)).toEqual([]);
      expect(await states().acknowledge(pair.key, 'nobody', covered, 5000)).toEqual([]);
    });

    it('[F-MSG-42] reads imply delivery, and name the newest message that asked', async () => {
      const pair = await stage.conversation();
      await stage.say(pair, 'asked', { receipt: true });
      const newest = await stage.say(pair, 'asked too', { receipt: true });
      const read = await states().markRead(pair.key, 'Jerry', { id: newest.id }, 5000);
      expect(read?.receipt).toMatchObject({ id: newest.id, sender: 'Tom' });
      expect(read?.receipt?.before).toBeUndefined();
      const [first] = await stage.history(pair);
      expect(first).toMatchObject({ readAt: 5000, deliveredAt: 5000 });
      const later = await stage.say(pair, 'later', { receipt: true, now: 6000 });
      const next = await stage.say(pair, 'after that', { now: 7000 });
      const partly = await states().markRead(pair.key, 'Jerry', { id: later.id }, 8000);
      expect(partly?.receipt).toMatchObject({ id: later.id, before: next.timestamp });
      expect(await states().positions(pair.key)).toEqual([
        { client: 'Tom' },
        { client: 'Jerry', deliveredAt: 8000, readAt: 8000 },
      ]);
    });

    it('[F-MSG-69] gives the newest unacknowledged messages of each conversation, and says if there are more', async () => {
      const group = await stage.conversation();
      for (let n = 0; n < 5; n++) await stage.say(group, String(n));
      await stage.say(group, 'mine', { sender: 'Jerry' });
      const missed = await states().unacknowledged(stage.app, 'Jerry', 3, 9000);
      expect(missed.map(({ messages, hasMore }) => [messages.map(({ body }) => body), hasMore])).toEqual([
        [['2', '3', '4'], true],
      ]);
      await states().acknowledge(group.key, 'Jerry', { upTo: 100_000 }, 5000);
      expect(await states().unacknowledged(stage.app, 'Jerry', 3, 9000)).toEqual([]);
    });

    it('[F-MSG-28] counts exactly, whatever is sent and read at the same time', async () => {
      const step = fc.oneof(
        fc.record({ sender: fc.constantFrom('Tom', 'Jerry', 'Spike'), mention: fc.boolean() }),
        fc.record({ reader: fc.constantFrom('Tom', 'Jerry'), upTo: fc.nat(30) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
          const group = await stage.conversation({ members: ['Tom', 'Jerry', 'Spike'] });
          const sent: { sender: string; timestamp: number; mention: boolean }[] = [];
          const readTo: Record<string, number> = { Tom: 0, Jerry: 0 };
          const work: Promise<unknown>[] = [];
          let time = 1000;
          for (const each of steps) {
            time++;
            if ('sender' in each) {
              sent.push({ sender: each.sender, timestamp: time, mention: each.mention });
              const mentions = each.mention ? ['Jerry'] : [];
              work.push(stage.append(group, { sender: each.sender, now: time, mentions }));
              continue;
            }
            const newest =
              sent.filter(({ timestamp }) => timestamp <= 1000 + each.upTo).at(-1)?.timestamp ?? 0;
            readTo[each.reader] = Math.max(readTo[each.reader] ?? 0, newest);
            work.push(states().markRead(group.key, each.reader, { timestamp: 1000 + each.upTo }, time));
          }
          await Promise.all(work);
          for (const [client, position] of Object.entries(readTo)) {
            const expected = sent.filter(
              ({ sender, timestamp }) => sender !== client && timestamp > position,
            );
            const mentioned = client === 'Jerry' && expected.some(({ mention }) => mention);
            const found = (await unread(client)).filter(([id]) => id === group.id);
            expect(found).toEqual(expected.length === 0 ? [] : [[group.id, expected.length, mentioned]]);
          }
        }),
        { numRuns: 40 },
      );
    });
  });
}
