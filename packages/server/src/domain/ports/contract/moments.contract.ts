import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationRecord } from '../../conversation/conversation.ts';
import { type Engine, Stage } from '../testing/stage.ts';

export function describeMoments(engine: Engine): void {
  describe('moments, even if the clock steps back', () => {
    const stage = new Stage(engine);

    /** Everything that changes a conversation, by any clock. */
    const change = fc.record({
      kind: fc.constantFrom('add', 'remove', 'columns', 'mute', 'unmute'),
      client: fc.constantFrom('Jerry', 'Spike'),
      conversation: fc.nat(1),
      now: fc.integer({ min: 1, max: 50 }),
    });

    type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

    it('[F-SESS-34] of events grow strictly across conversations, those of changes within each', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 2, maxLength: 20 }), async (changes) => {
          const groups = [await stage.conversation({ now: 20 }), await stage.conversation({ now: 20 })];
          let lastEvent = 0;
          for (const each of changes) {
            const group = groups[each.conversation];
            if (group === undefined) continue;
            const before = await stage.reload(group);
            const { after, eventAt, isChange } = await perform(group, before?.version ?? 0, each);
            if (eventAt !== undefined) {
              expect(eventAt).toBeGreaterThan(lastEvent);
              expect(eventAt).toBeGreaterThanOrEqual(each.now);
              lastEvent = eventAt;
            }
            if (!isChange) expect(after).toEqual(before);
            else {
              expect(after?.updatedAt).toBe(Math.max(each.now, (before?.updatedAt ?? 0) + 1));
              expect(after?.version).toBe((before?.version ?? 0) + 1);
            }
          }
        }),
        { numRuns: 15 },
      );
    });

    it('[F-SESS-34] of members who come and go are not before the messages that came before them', async () => {
      const { conversations } = stage.store;
      const group = await stage.conversation({ now: 20 });
      let newest = 0;
      for (let count = 0; count < 5; count++) {
        newest = (await stage.say(group, 'hello', { now: 30 })).timestamp;
      }
      expect(newest).toBe(34);
      const removed = await conversations.removeMembers(group, { clients: ['Jerry'], now: 30 });
      expect(removed?.eventAt).toBeGreaterThanOrEqual(newest);
      for (let count = 0; count < 5; count++) await stage.say(group, 'hello', { now: 30 });
      const added = await conversations.addMembers(group, { clients: ['Jerry'], limit: 9, now: 30 });
      expect(added?.eventAt).toBeGreaterThanOrEqual(newest + 5);
    });

    async function perform(
      group: ConversationRecord,
      expectedVersion: number,
      { kind, client, now }: Change,
    ): Promise<{ after?: ConversationRecord | undefined; eventAt?: number; isChange: boolean }> {
      const { conversations } = stage.store;
      if (kind === 'mute' || kind === 'unmute') {
        const change = { client: 'Tom', muted: kind === 'mute', now };
        return { after: await conversations.setMuted(group, change), isChange: true };
      }
      if (kind === 'columns') {
        const attributes = { requested: {}, resulting: {} };
        const change = { now, expectedVersion, columns: { at: now }, attributes };
        const outcome = await conversations.replaceColumns(group, change);
        if (outcome === undefined || outcome === 'conflict') throw new Error('Nothing was replaced.');
        return { after: outcome.conversation, eventAt: outcome.eventAt, isChange: true };
      }
      const change = { clients: [client], now };
      const outcome =
        kind === 'add'
          ? await conversations.addMembers(group, { ...change, limit: 9 })
          : await conversations.removeMembers(group, change);
      if (outcome === undefined) throw new Error('The conversation is gone.');
      const { conversation: after, eventAt, changed } = outcome;
      return { after, eventAt, isChange: changed.length > 0 };
    }

    it('[F-MSG-30] of messages grow strictly, and move the conversation along without changing its version', async () => {
      const group = await stage.conversation({ now: 1000 });
      const sent = [
        await stage.say(group, 'a', { now: 5000 }),
        await stage.say(group, 'b', { now: 4000 }),
        await stage.say(group, 'c', { now: 5001 }),
      ];
      expect(sent.map(({ timestamp }) => timestamp)).toEqual([5000, 5001, 5002]);
      expect(await stage.reload(group)).toEqual({ ...group, updatedAt: 5002, lastMessageAt: 5002 });
    });

    it('[F-SESS-34] of notices are those of their events, and tell what was asked and what came of it', async () => {
      const group = await stage.conversation({ columns: { count: 1 } });
      const changed = await stage.store.conversations.replaceColumns(group, {
        by: 'Tom',
        now: 2000,
        expectedVersion: group.version,
        columns: { count: 2 },
        attributes: { requested: { count: { __op: 'Increment', amount: 1 } }, resulting: { count: 2 } },
      });
      if (changed === undefined || changed === 'conflict') throw new Error('Nothing was changed.');
      const [, notice] = await stage.store.notices.since(stage.app, 'Jerry', 0, 10);
      expect(notice).toEqual({
        at: changed.eventAt,
        conversation: { key: group.key, id: group.id, kind: 'basic' },
        updatedAt: changed.conversation.updatedAt,
        by: 'Tom',
        what: {
          event: 'updated',
          requested: { count: { __op: 'Increment', amount: 1 } },
          resulting: { count: 2 },
        },
      });
    });
  });
}
