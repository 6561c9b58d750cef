import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationRecord } from '../../conversation/conversation.ts';
import type { StoredMessage } from '../../message/message.ts';
import type { HistoryBound } from '../messages.ts';
import { ConversationModel } from '../testing/conversation-model.ts';
import { bodies, type Engine, Stage } from '../testing/stage.ts';

const CLIENTS = ['Tom', 'Jerry', 'Spike'] as const;
const client = fc.constantFrom(...CLIENTS);
const now = fc.integer({ min: 1000, max: 1040 });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('send' as const),
      client,
      now,
      mention: fc.boolean(),
      token: fc.option(fc.constantFrom('t1', 't2', 't3'), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('read' as const), client, now, upTo: now }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('acknowledge' as const), client, now, upTo: now }) },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constantFrom('join' as const, 'leave' as const), client, now }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('wait' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

export function describeInterleavings(engine: Engine): void {
  describe('whatever is called at the same time', () => {
    const stage = new Stage(engine);

    it('[F-MSG-28][F-MSG-30][F-MSG-67] has the effect of one call after the other, in the order of the calls', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 5, maxLength: 40 }),
          fc.integer({ min: 1, max: 5 }),
          async (steps, pageSize) => {
            const group = await stage.conversation({ members: ['Tom', 'Jerry', 'Spike'] });
            const model = new ConversationModel(['Tom', 'Jerry', 'Spike']);
            const checks: Promise<void>[] = [];
            for (const each of steps) {
              if (each.act === 'wait') await Promise.all(checks);
              else checks.push(perform(group, model, each));
            }
            await Promise.all(checks);
            await compareWith(group, model);
            const all = await stage.history(group);
            expect(await walk(group, 'newer', pageSize)).toEqual(all);
            expect((await walk(group, 'older', pageSize)).toSorted((a, b) => a.seq - b.seq)).toEqual(all);
          },
        ),
        { numRuns: 40 },
      );
    });

    /** Calls the store and the model at once; resolves when the store's answer was found to be the model's. */
    async function perform(
      group: ConversationRecord,
      model: ConversationModel,
      each: Exclude<Step, { act: 'wait' }>,
    ): Promise<void> {
      const { conversations, memberStates } = stage.store;
      switch (each.act) {
        case 'send': {
          const body = `${each.client} at ${each.now}`;
          const expected = model.send(each.client, body, each.now, each.token, each.mention);
          const mentions = each.mention ? ['Jerry'] : [];
          const { client: sender, token } = each;
          const draft = { sender, body, mentions, now: each.now, ...(token !== undefined && { token }) };
          expect(await stage.append(group, draft)).toMatchObject(expected);
          return;
        }
        case 'read': {
          const expected = model.read(each.client, each.upTo);
          const outcome = await memberStates.markRead(
            group.key,
            each.client,
            { timestamp: each.upTo },
            each.now,
          );
          if (expected === undefined) expect(outcome).toBeUndefined();
          else expect(outcome).toMatchObject(expected);
          return;
        }
        case 'acknowledge':
          model.acknowledge(each.client, each.upTo);
          await memberStates.acknowledge(group.key, each.client, { upTo: each.upTo }, each.now);
          return;
        case 'join': {
          const members = model.join(each.client);
          const change = { clients: [each.client], now: each.now, limit: 9 };
          const outcome = await conversations.addMembers(group, change);
          expect(outcome?.conversation.members).toEqual(members);
          return;
        }
        case 'leave': {
          const members = model.leave(each.client);
          const change = { clients: [each.client], now: each.now };
          const outcome = await conversations.removeMembers(group, change);
          expect(outcome?.conversation.members).toEqual(members);
        }
      }
    }

    async function compareWith(group: ConversationRecord, model: ConversationModel): Promise<void> {
      const history = await stage.history(group);
      expect(history.map(({ seq, timestamp, body }) => ({ seq, timestamp, body }))).toEqual(
        model.messages.map(({ seq, timestamp, body }) => ({ seq, timestamp, body })),
      );
      for (const reader of CLIENTS) {
        const states = await stage.store.memberStates.unread(stage.app, reader, 0, 9000);
        const state = states.find(({ conversation }) => conversation.key === group.key);
        const unread = model.unread(reader);
        expect([reader, state?.count ?? 0, state?.mentioned ?? false]).toEqual([
          reader,
          unread.length,
          reader === 'Jerry' && unread.some(({ mention }) => mention),
        ]);
        const waiting = await stage.store.memberStates.unacknowledged(stage.app, reader, 100, 9000);
        const queue = waiting.find(({ conversation }) => conversation.key === group.key);
        expect(bodies(queue?.messages ?? [])).toEqual(model.unacknowledged(reader).map(({ body }) => body));
      }
    }

    /** Page by page from one end to the other, as clients walk: each page starts after the last message seen. */
    async function walk(
      group: ConversationRecord,
      direction: 'older' | 'newer',
      limit: number,
    ): Promise<readonly StoredMessage[]> {
      const walked: StoredMessage[] = [];
      let start: HistoryBound | undefined;
      for (;;) {
        const page = await stage.history(group, { direction, limit, ...(start !== undefined && { start }) });
        walked.push(...page);
        const last = direction === 'older' ? page[0] : page.at(-1);
        if (last === undefined) return walked;
        start = { timestamp: last.timestamp, id: last.id, included: false };
      }
    }
  });
}
