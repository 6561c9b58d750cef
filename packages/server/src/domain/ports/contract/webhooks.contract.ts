import { describe, expect, it } from 'vitest';
import { type Engine, Stage } from '../testing/stage.ts';

export function describeWebhooks(engine: Engine): void {
  describe('the log as an outbox', () => {
    const stage = new Stage(engine);
    const webhooks = () => stage.store.webhooks;

    it('[F-HOOK-07] has every message of an app once, in the order of commits, whatever conversation it is in', async () => {
      const start = await webhooks().endOfLog();
      const [pair, room] = [
        await stage.conversation(),
        await stage.conversation({ kind: 'chat-room', members: [] }),
      ];
      const service = await stage.conversation({ kind: 'service', members: [] });
      const foreign = await stage.makeApp('another');
      const theirs = await stage.conversation({ app: foreign });
      const said = { service, sender: 'Tom', receipt: false, mentions: [], mentionAll: false, now: 1000 };
      await stage.say(pair, 'in the pair');
      await stage.say(theirs, 'elsewhere');
      await stage.say(room, 'in the room', { membersOnly: false });
      await stage.store.services.receive({ ...said, body: 'to the service' });
      await stage.store.services.sendToClients({ ...said, sender: 'desk', body: 'to Tom', clients: ['Tom'] });
      await stage.store.services.sendToSubscribers({ ...said, sender: 'desk', body: 'to all' });
      const seen: unknown[] = [];
      let place = start;
      for (let calls = 0; calls < 20; calls++) {
        const { messages, next } = await webhooks().messagesAfter(stage.app, place, 2);
        expect(messages.length).toBeLessThanOrEqual(2);
        seen.push(
          ...messages.map(({ conversation, client, message }) => [
            conversation.id,
            conversation.kind,
            client,
            message.body,
          ]),
        );
        if (next === place) break;
        place = next;
      }
      expect(seen).toEqual([
        [pair.id, 'basic', undefined, 'in the pair'],
        [room.id, 'chat-room', undefined, 'in the room'],
        [service.id, 'service', 'Tom', 'to the service'],
        [service.id, 'service', 'Tom', 'to Tom'],
        [service.id, 'service', undefined, 'to all'],
      ]);
      expect(await webhooks().endOfLog()).toBe(place);
    });

    it('[F-HOOK-07] keeps how far each webhook has come, and what was given up', async () => {
      expect(await webhooks().position(stage.app, 'messages')).toBeUndefined();
      await webhooks().setPosition(stage.app, 'messages', 5);
      await webhooks().setPosition(stage.app, 'service-messages', 3);
      const letter = { from: 5, to: 9, messages: 2, error: 'nobody there', at: 1000 };
      await webhooks().giveUp(stage.app, 'messages', letter);
      expect(await webhooks().position(stage.app, 'messages')).toBe(9);
      expect(await webhooks().position(stage.app, 'service-messages')).toBe(3);
      await webhooks().giveUp(stage.app, 'messages', { ...letter, from: 9, to: 12 });
      const [first, second] = await webhooks().deadLetters(stage.app, 0, 10);
      expect(first).toEqual({ ...letter, webhook: 'messages', id: expect.any(Number) });
      expect(second).toMatchObject({ from: 9, to: 12 });
      expect(await webhooks().deadLetters(stage.app, 1, 1)).toEqual([second]);
      expect(await webhooks().deadLetters(stage.app + 1, 0, 10)).toEqual([]);
      const count = (app: number) => webhooks().countDeadLetters(app);
      expect([await count(stage.app), await count(stage.app + 1)]).toEqual([2, 0]);
      expect(await webhooks().removeDeadLetter(stage.app, first?.id ?? 0)).toBe(true);
      expect(await webhooks().removeDeadLetter(stage.app, first?.id ?? 0)).toBe(false);
      expect(await webhooks().deadLetters(stage.app, 0, 10)).toEqual([second]);
    });

    it('[F-HOOK-12] keeps events in their order until they are delivered, and those set aside for longer', async () => {
      const add = (app: number, at: number) => webhooks().addEvent(app, { at, data: { type: 'x', n: at } });
      const before = await webhooks().endOfEvents();
      for (let at = 1; at <= 4; at++) await add(stage.app, at);
      await add(stage.app + 1, 5);
      const all = await webhooks().eventsAfter(stage.app, before, 10);
      expect(all.map(({ at, data }) => [at, data.n])).toEqual([1, 2, 3, 4].map((n) => [n, n]));
      const places = all.map(({ place }) => place);
      expect(places).toEqual([...places].sort((a, b) => a - b));
      const [first = 0, second = 0, third = 0, fourth = 0] = places;
      expect(await webhooks().eventsAfter(stage.app, first, 2)).toEqual(all.slice(1, 3));
      const letter = { from: first, to: second, messages: 1, error: 'nobody there', at: 1000 };
      await webhooks().forgetEvents(stage.app, before, first);
      await webhooks().giveUp(stage.app, 'events', letter);
      await webhooks().forgetEvents(stage.app, second, third);
      const left = await webhooks().eventsAfter(stage.app, before, 10);
      expect(left.map(({ place }) => place)).toEqual([second, fourth]);
      await webhooks().forgetEvents(stage.app, third, fourth + 1);
      expect(await webhooks().endOfEvents()).toBe(fourth + 1);
      expect(await webhooks().eventsAfter(stage.app + 1, before, 10)).toHaveLength(1);
      await webhooks().forgetEvents(stage.app, first, second);
      expect(await webhooks().eventsAfter(stage.app, before, 10)).toEqual([]);
      // What is gone leaves its place behind: nothing new ever takes it.
      await add(stage.app, 6);
      const [next] = await webhooks().eventsAfter(stage.app, before, 10);
      expect(next?.place).toBeGreaterThan(fourth + 1);
    });

    it('[F-HOOK-07][F-HOOK-12] deletes what is old, a bounded batch at a time, and of one app only', async () => {
      const { app } = stage;
      const letter = { from: 0, to: 1, messages: 1, error: 'nobody there' };
      const before = await webhooks().endOfEvents();
      for (const at of [1, 2, 3, 4]) {
        await webhooks().giveUp(app, 'messages', { ...letter, at });
        await webhooks().addEvent(app, { at, data: {} });
      }
      await webhooks().giveUp(app + 1, 'messages', { ...letter, at: 1 });
      await webhooks().addEvent(app + 1, { at: 1, data: {} });
      const left = async (of: number) => [
        (await webhooks().deadLetters(of, 0, 10)).map(({ at }) => at),
        (await webhooks().eventsAfter(of, before, 10)).map(({ at }) => at),
      ];
      expect(await webhooks().deleteOld(app, 4, 2)).toBe(4);
      expect(await left(app)).toEqual([
        [3, 4],
        [3, 4],
      ]);
      expect(await webhooks().deleteOld(app, 4, 2)).toBe(2);
      expect(await webhooks().deleteOld(app, 4, 2)).toBe(0);
      expect(await left(app)).toEqual([[4], [4]]);
      expect(await left(app + 1)).toEqual([[1], [1]]);
    });
  });
}
