import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredMessage } from '../../message/message.ts';
import { QueryTooSlow } from '../query-too-slow.ts';
import { bodies, type Engine, Stage } from '../testing/stage.ts';

export function describeMessages(engine: Engine): void {
  describe('messages', () => {
    const stage = new Stage(engine);

    it('[F-MSG-30] get a gapless number and a strictly growing time in the order they were handed over', async () => {
      const group = await stage.conversation();
      const outcomes = await Promise.all(
        Array.from({ length: 300 }, (_, n) => stage.say(group, String(n), { now: 1000 + (n % 7) })),
      );
      expect(outcomes.map(({ seq }) => seq)).toEqual(outcomes.map((_, n) => n + 1));
      const times = outcomes.map(({ timestamp }) => timestamp);
      expect(times.every((time, n) => n === 0 || time > (times[n - 1] ?? 0))).toBe(true);
      expect(new Set(outcomes.map(({ id }) => id)).size).toBe(300);
      expect(bodies(await stage.history(group))).toEqual(outcomes.map((_, n) => String(n)));
    });

    it('resolve in the order they were handed over, also between conversations', async () => {
      const groups = await Promise.all([stage.conversation(), stage.conversation()]);
      const order: number[] = [];
      await Promise.all(
        Array.from({ length: 100 }, async (_, n) => {
          const group = groups[n % 2];
          if (group !== undefined) await stage.say(group, String(n));
          order.push(n);
        }),
      );
      expect(order).toEqual(order.map((_, n) => n));
    });

    it('are kept whole', async () => {
      const group = await stage.conversation();
      const bytes = Uint8Array.from([0, 255, 10, 13]);
      await stage.append(group, { body: bytes, receipt: true, mentions: ['Jerry', 'ü'], mentionAll: true });
      await stage.say(group, '😀 “quoted” \\ \u0000 end');
      const [binary, text] = await stage.history(group);
      expect(binary).toMatchObject({
        conversation: group.key,
        seq: 1,
        sender: 'Tom',
        receipt: true,
        mentions: ['Jerry', 'ü'],
        mentionAll: true,
        recalled: false,
      });
      expect(Buffer.from((binary?.body ?? '') as Uint8Array)).toEqual(Buffer.from(bytes));
      expect(text?.body).toBe('😀 “quoted” \\ \u0000 end');
      expect(text?.patchedAt).toBeUndefined();
    });

    it('[F-CONV-61] are refused from who is no member at that moment, where members only may send', async () => {
      const group = await stage.conversation();
      expect(await stage.append(group, { sender: 'Spike' })).toEqual({
        state: 'refused',
        reason: 'not-a-member',
      });
      expect(await stage.append(group, { sender: 'Spike', membersOnly: false })).toMatchObject({
        state: 'appended',
      });
      const [, late] = await Promise.all([
        stage.store.conversations.removeMembers(group, { clients: ['Jerry'], now: 2000 }),
        stage.append(group, { sender: 'Jerry' }),
      ]);
      expect(late).toEqual({ state: 'refused', reason: 'not-a-member' });
      expect(await stage.append({ ...group, key: 4711 })).toEqual({
        state: 'refused',
        reason: 'no-conversation',
      });
      expect(bodies(await stage.history(group))).toHaveLength(1);
    });

    it('[F-MSG-56] of one type are found among thousands of others, from any place in both directions', async () => {
      const group = await stage.conversation();
      // Few in the middle, many at the end, so that a step finds nothing, some, or more than is wanted.
      const isTyped = (n: number) => n % 997 === 5 || n > 4900;
      const said = await Promise.all(
        Array.from({ length: 5000 }, (_, n) =>
          stage.say(group, isTyped(n) ? `{"_lctype":7,"n":${n}}` : `{"_lctype":-1,"n":${n}}`),
        ),
      );
      const places = fc.nat(said.length - 1);
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            direction: fc.constantFrom('older', 'newer'),
            start: fc.option(fc.record({ place: places, included: fc.boolean(), byId: fc.boolean() })),
            end: fc.option(fc.record({ place: places, included: fc.boolean(), byId: fc.boolean() })),
            limit: fc.integer({ min: 1, max: 12 }),
          }),
          async ({ direction, start, end, limit }) => {
            const bound = (at: typeof start) => {
              const message = said[at?.place ?? -1];
              if (at === null || message === undefined) return undefined;
              const { id, timestamp } = message;
              return { timestamp, included: at.included, ...(at.byId && { id }) };
            };
            const [from, to] = [bound(start), bound(end)];
            const range = {
              direction,
              ...(from !== undefined && { start: from }),
              ...(to !== undefined && { end: to }),
            } as const;
            const all = await stage.history(group, { ...range, limit: 10_000 });
            const typed = bodies(all).filter((body) => String(body).includes('"_lctype":7'));
            const nearest = direction === 'older' ? typed.slice(-limit) : typed.slice(0, limit);
            expect(bodies(await stage.history(group, { ...range, limit, type: 7, budget: 60_000 }))).toEqual(
              nearest,
            );
          },
        ),
        { numRuns: 60, unbiased: true },
      );
    });

    it('[F-MSG-56] are not searched for by type beyond the time there is', async () => {
      const group = await stage.conversation();
      await stage.say(group, '{"_lctype":-1}');
      await expect(stage.history(group, { type: 7, budget: -1 })).rejects.toThrow(QueryTooSlow);
      expect(await stage.history(group, { budget: -1 })).toHaveLength(1);
    });

    it('[F-MSG-67] with a known token are the message they repeat, for this sender and conversation only', async () => {
      const [group, other] = [await stage.conversation(), await stage.conversation()];
      const repeats = await Promise.all(
        Array.from({ length: 10 }, () => stage.append(group, { token: 'once', now: 2000 })),
      );
      const [first, ...rest] = repeats;
      if (first?.state !== 'appended') throw new Error('The first was not appended.');
      for (const repeat of rest) {
        expect(repeat).toEqual({ state: 'duplicate', id: first.id, timestamp: first.timestamp });
      }
      expect(await stage.append(group, { token: 'once', sender: 'Jerry' })).toMatchObject({
        state: 'appended',
      });
      expect(await stage.append(other, { token: 'once' })).toMatchObject({ state: 'appended' });
      await stage.history(group);
      expect(await stage.append(group, { token: 'once' })).toMatchObject({ state: 'duplicate' });
      expect(bodies(await stage.history(group))).toHaveLength(2);
    });

    it('are found by id, also by one that was made elsewhere', async () => {
      const group = await stage.conversation();
      const sent = await stage.say(group, 'find me');
      const found = await stage.store.messages.find(group.key, sent.id);
      expect(found).toMatchObject({ id: sent.id, timestamp: sent.timestamp, body: 'find me' });
      expect(await stage.store.messages.find(group.key, 'unknown')).toBeUndefined();
      const other = await stage.conversation();
      expect(await stage.store.messages.find(other.key, sent.id)).toBeUndefined();
    });

    it('[F-MSG-56] of one type are the typed ones with that very number', async () => {
      const group = await stage.conversation();
      for (const body of [
        '{"_lctype":-1}',
        '{"a":{"_lctype":-1}}',
        'text _lctype -1',
        '{"_lctype":-2}',
        '{"_lctype":',
      ]) {
        await stage.say(group, body);
      }
      expect(bodies(await stage.history(group, { type: -1 }))).toEqual(['{"_lctype":-1}']);
      expect(bodies(await stage.history(group, { type: -2 }))).toEqual(['{"_lctype":-2}']);
    });

    it('[F-MSG-52][F-MSG-53][F-MSG-54] are read within any bounds exactly as a plain list would be', async () => {
      const group = await stage.conversation();
      const sent = [];
      for (let n = 0; n < 12; n++) sent.push(await stage.say(group, String(n), { now: 1000 + n * 3 }));
      const all = await stage.history(group);
      const bound = fc.option(
        fc.record({
          timestamp: fc.integer({ min: 995, max: 1040 }),
          id: fc.option(fc.constantFrom(...sent.map(({ id }) => id), '-', 'zzzzzzzzzzzzzzzzzzzzzz'), {
            nil: undefined,
          }),
          included: fc.boolean(),
        }),
        { nil: undefined },
      );
      const after = (message: StoredMessage, timestamp: number, id: string | undefined) =>
        message.timestamp - timestamp ||
        (id === undefined ? 0 : message.id < id ? -1 : message.id > id ? 1 : 0);
      await fc.assert(
        fc.asyncProperty(
          bound,
          bound,
          fc.constantFrom('older' as const, 'newer' as const),
          fc.integer({ min: 1, max: 14 }),
          async (start, end, direction, limit) => {
            const [lower, upper] = direction === 'older' ? [end, start] : [start, end];
            const within = all.filter((message) => {
              const low = lower === undefined ? 1 : after(message, lower.timestamp, lower.id);
              const high = upper === undefined ? -1 : after(message, upper.timestamp, upper.id);
              return (
                (low > 0 || (low === 0 && lower?.included)) && (high < 0 || (high === 0 && upper?.included))
              );
            });
            const expected = direction === 'older' ? within.slice(-limit) : within.slice(0, limit);
            const clean = (place: typeof start) =>
              place === undefined
                ? undefined
                : {
                    timestamp: place.timestamp,
                    included: place.included,
                    ...(place.id !== undefined && { id: place.id }),
                  };
            const [from, to] = [clean(start), clean(end)];
            const found = await stage.history(group, {
              direction,
              limit,
              ...(from !== undefined && { start: from }),
              ...(to !== undefined && { end: to }),
            });
            expect(bodies(found)).toEqual(bodies(expected));
          },
        ),
        { numRuns: 150 },
      );
    });

    it('[F-MSG-31] are changed by their author only, later each time', async () => {
      const group = await stage.conversation();
      const { id } = await stage.say(group, 'first');
      const patch = {
        conversation: group.key,
        id,
        author: 'Tom',
        body: 'second',
        mentions: ['Jerry'],
        mentionAll: false,
        recalled: false,
        now: 2000,
      };
      expect(await stage.store.messages.patch({ ...patch, author: 'Jerry' })).toEqual({
        state: 'refused',
        reason: 'not-the-author',
      });
      expect(await stage.store.messages.patch({ ...patch, id: 'unknown' })).toEqual({
        state: 'refused',
        reason: 'not-found',
      });
      const outcomes = await Promise.all([
        stage.store.messages.patch(patch),
        stage.store.messages.patch({ ...patch, body: 'third', recalled: true }),
      ]);
      const times = outcomes.map((outcome) =>
        outcome.state === 'patched' ? outcome.message.patchedAt : undefined,
      );
      expect(times).toEqual([2000, 2001]);
      expect(await stage.store.messages.patch({ ...patch, body: 'fourth' })).toEqual({
        state: 'refused',
        reason: 'recalled',
      });
      const [message] = await stage.history(group);
      expect(message).toMatchObject({
        id,
        body: 'third',
        recalled: true,
        sender: 'Tom',
        patchedAt: 2001,
        seq: 1,
      });
    });

    it('[F-SESS-35] that were changed since a moment are told to members, oldest change first', async () => {
      const [group, foreign] = [await stage.conversation(), await stage.conversation({ members: ['Tom'] })];
      const patch = async (conversation: typeof group, body: string, now: number) => {
        const { id } = await stage.say(conversation, 'x');
        await stage.store.messages.patch({
          conversation: conversation.key,
          id,
          body,
          mentions: [],
          mentionAll: false,
          recalled: false,
          now,
        });
      };
      await patch(group, 'late', 5000);
      await patch(group, 'early', 4000);
      await patch(foreign, 'hidden', 4500);
      const since = (moment: number, limit = 10) =>
        stage.store.messages.patchedSince(stage.app, 'Jerry', moment, limit, 9000);
      expect((await since(0)).map(({ message }) => message.body)).toEqual(['early', 'late']);
      expect((await since(4000)).map(({ message }) => message.body)).toEqual(['late']);
      expect((await since(0, 1)).map(({ message }) => message.body)).toEqual(['early']);
    });
  });
}
