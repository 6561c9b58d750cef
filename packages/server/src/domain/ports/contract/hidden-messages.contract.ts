import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationRecord } from '../../conversation/conversation.ts';
import type { StoredMessage } from '../../message/message.ts';
import type { HistoryRange } from '../messages.ts';
import type { HideOutcome } from '../services.ts';
import { bodies, type Engine, Stage, serviceDraft } from '../testing/stage.ts';

const LATER = 1_000_000;
const LIMIT = 100;

type Sent = Pick<StoredMessage, 'id' | 'timestamp'>;

/** What a service said to all subscribers and one of them is not to see any more. */
export function describeHiddenMessages(engine: Engine): void {
  describe('messages to subscribers that are hidden from some', () => {
    const stage = new Stage(engine);
    const services = () => stage.store.services;

    const hide = (
      service: ConversationRecord,
      client: string,
      { id, timestamp }: Sent,
      changes = {},
    ): Promise<HideOutcome> =>
      services().hide(service, client, { id, timestamp, limit: LIMIT, now: 9000, ...changes });
    const seenBy = async (service: ConversationRecord, client: string, range: Partial<HistoryRange> = {}) =>
      bodies(await stage.history(service, { seenBy: client, ...range }));
    const unread = async (service: ConversationRecord, client: string, since = 1) => {
      const states = await stage.store.memberStates.unread(stage.app, client, since, LATER);
      return states.find(({ conversation }) => conversation.id === service.id);
    };
    const patch = (service: ConversationRecord, { id }: Sent, now: number) =>
      stage.store.messages.patch({
        conversation: service.key,
        id,
        body: 'changed',
        mentions: [],
        mentionAll: false,
        recalled: false,
        now,
      });

    /** A service with two subscribers that said `1` to `6`, at 1001 to 1006. */
    async function talkative() {
      const service = await stage.conversation({ kind: 'service', members: [] });
      for (const client of ['Tom', 'Jerry']) await services().subscribe(service, client, 500);
      const said: Sent[] = [];
      for (let n = 1; n <= 6; n++) said.push(await stage.toSubscribers(service, String(n), 1000 + n));
      const at = (n: number) => said[n - 1] ?? { id: 'none', timestamp: 0 };
      return { service, at };
    }

    it('[F-MSG-61] are not in its history, whose pages are as long as ever', async () => {
      const { service, at } = await talkative();
      for (const n of [2, 3, 6]) expect(await hide(service, 'Tom', at(n))).toBe('hidden');
      expect(await seenBy(service, 'Tom')).toEqual(['1', '4', '5']);
      expect(await seenBy(service, 'Tom', { limit: 2 })).toEqual(['4', '5']);
      const from = (n: number) => ({ start: { timestamp: at(n).timestamp, included: false } });
      expect(await seenBy(service, 'Tom', { limit: 2, ...from(5) })).toEqual(['1', '4']);
      expect(await seenBy(service, 'Tom', { limit: 2, direction: 'newer' })).toEqual(['1', '4']);
      expect(await seenBy(service, 'Tom', { limit: 2, direction: 'newer', ...from(4) })).toEqual(['5']);
      for (const reader of [{ seenBy: 'Jerry' }, {}]) {
        expect(bodies(await stage.history(service, reader))).toEqual(['1', '2', '3', '4', '5', '6']);
      }
      const logged = await stage.store.messages.log({
        app: stage.app,
        direction: 'older',
        limit: 10,
        budget: LATER,
      });
      expect(logged).toHaveLength(6);
    });

    it('[F-MSG-61] are passed over by a search for one type, too', async () => {
      const { service } = await talkative();
      const typed = (n: number) => stage.toSubscribers(service, `{"_lctype":7,"n":${n}}`, 2000 + n);
      await typed(1);
      expect(await hide(service, 'Tom', await typed(2))).toBe('hidden');
      expect(await seenBy(service, 'Tom', { type: 7, limit: 1 })).toEqual(['{"_lctype":7,"n":1}']);
    });

    it('[F-MSG-61] are hidden once, from who sees them, and by who said them', async () => {
      const { service, at } = await talkative();
      expect(await hide(service, 'Tom', { ...at(1), id: 'unknown' })).toBe('not-found');
      expect(await hide(service, 'Tom', { ...at(1), timestamp: 1002 })).toBe('not-found');
      expect(await hide(service, 'Spike', at(1))).toBe('not-found');
      expect(await hide(service, 'Tom', at(1), { author: 'Jerry' })).toBe('not-the-author');
      expect(await hide(service, 'Tom', at(1), { author: 'desk' })).toBe('hidden');
      expect(await hide(service, 'Tom', at(1))).toBe('not-found');
      expect(await hide(service, 'Jerry', at(1), { limit: 1 })).toBe('hidden-from-too-many');
      expect(await hide(service, 'Jerry', at(1), { limit: 2 })).toBe('hidden');
      const group = await stage.conversation();
      const sent = await stage.say(group, 'hello');
      expect(await hide(group, 'Tom', sent)).toBe('not-found');
      expect(await seenBy(service, 'Jerry', { limit: 1, direction: 'newer' })).toEqual(['2']);
    });

    it('[F-MSG-61] are not unread, nor the last message', async () => {
      const { service, at } = await talkative();
      expect(await hide(service, 'Tom', at(6), { now: 5000 })).toBe('hidden');
      expect(await hide(service, 'Tom', at(3), { now: 5000 })).toBe('hidden');
      expect(await unread(service, 'Tom')).toMatchObject({ count: 4, lastMessage: { body: '5' } });
      expect(await unread(service, 'Jerry')).toMatchObject({ count: 6, lastMessage: { body: '6' } });
      // What is told to be covered is the whole log, or the message would be counted when it follows the summary.
      expect((await unread(service, 'Tom'))?.logs).toEqual([{ key: service.key, upTo: at(6).timestamp }]);
      // The client is told of its new count when it comes back.
      expect(await unread(service, 'Tom', 4000)).toMatchObject({ count: 4 });
      expect(await unread(service, 'Tom', 5000)).toBeUndefined();
      expect(await unread(service, 'Jerry', 4000)).toBeUndefined();
      const { memberStates } = stage.store;
      const read = await memberStates.markRead(service.key, 'Tom', { timestamp: at(4).timestamp }, 6000);
      expect(read).toMatchObject({ advanced: true, unread: { count: 1, lastMessage: { body: '5' } } });
      // A device keeps its copy, so it may say that it has read what is hidden.
      const { id, timestamp } = at(6);
      expect(await memberStates.markRead(service.key, 'Tom', { id, timestamp }, 7000)).toMatchObject({
        unread: { count: 0 },
      });
      await hide(service, 'Tom', at(5), { now: 8000 });
      expect(await unread(service, 'Tom', 7500)).toBeUndefined();
      for (const n of [1, 2, 4]) await hide(service, 'Tom', at(n), { now: 8000 });
      expect(await unread(service, 'Tom')).not.toHaveProperty('lastMessage');
    });

    it('[F-MSG-46][F-MSG-61] mention nobody any more', async () => {
      const { service } = await talkative();
      const mention = { ...serviceDraft(service, '@Tom', 2000), mentions: ['Tom'], mentionAll: true };
      const sent = await services().sendToSubscribers(mention);
      expect((await unread(service, 'Tom'))?.mentioned).toBe(true);
      await hide(service, 'Tom', sent ?? { id: '', timestamp: 0 });
      expect((await unread(service, 'Tom'))?.mentioned).toBe(false);
      expect((await unread(service, 'Jerry'))?.mentioned).toBe(true);
    });

    it('[F-MSG-61] are not replayed to who was away', async () => {
      const { service, at } = await talkative();
      for (const n of [4, 5]) await hide(service, 'Tom', at(n));
      const replay = async (client: string, limit: number) => {
        const missed = await stage.store.memberStates.unacknowledged(stage.app, client, limit, LATER);
        return missed.map(({ messages, hasMore }) => [bodies(messages), hasMore]);
      };
      expect(await replay('Tom', 3)).toEqual([[['2', '3', '6'], true]]);
      expect(await replay('Tom', 4)).toEqual([[['1', '2', '3', '6'], false]]);
      expect(await replay('Jerry', 2)).toEqual([[['5', '6'], true]]);
    });

    it('[F-MSG-61] are not told of when they change', async () => {
      const { service, at } = await talkative();
      await hide(service, 'Tom', at(1));
      const changed = await patch(service, at(1), 5000);
      expect(changed).toMatchObject({ state: 'patched', hiddenFrom: ['Tom'] });
      await patch(service, at(2), 6000);
      expect(await patch(service, at(3), 7000)).not.toHaveProperty('hiddenFrom');
      const patches = async (client: string, limit = 10) =>
        (await stage.store.messages.patchedSince(stage.app, client, 4000, limit, LATER)).map(
          ({ message }) => message.id,
        );
      expect(await patches('Tom')).toEqual([at(2).id, at(3).id]);
      expect(await patches('Tom', 1)).toEqual([at(2).id]);
      expect(await patches('Jerry')).toEqual([at(1).id, at(2).id, at(3).id]);
      expect(await seenBy(service, 'Tom', { limit: 1, direction: 'newer' })).toEqual(['changed']);
      expect(await stage.history(service, { seenBy: 'Tom' })).toHaveLength(5);
    });

    it('[F-MSG-61] stay hidden from who leaves and comes back', async () => {
      const { service, at } = await talkative();
      await hide(service, 'Tom', at(1));
      await services().unsubscribe(service, 'Tom');
      expect(await hide(service, 'Tom', at(2))).toBe('not-found');
      await services().subscribe(service, 'Tom', 6000);
      expect(await seenBy(service, 'Tom')).toEqual(['2', '3', '4', '5', '6']);
    });

    it('[F-MSG-61] show each client exactly what is left for it, whatever happens in whatever order', async () => {
      const clients = ['Tom', 'Jerry', 'Spike'];
      const client = fc.constantFrom(...clients);
      const which = fc.nat({ max: 30 });
      const step = fc.oneof(
        fc.record({ do: fc.constant('subscribe' as const), client }),
        fc.record({ do: fc.constant('unsubscribe' as const), client }),
        { weight: 4, arbitrary: fc.record({ do: fc.constant('to subscribers' as const), from: client }) },
        fc.record({ do: fc.constant('to clients' as const), to: fc.uniqueArray(client, { minLength: 1 }) }),
        fc.record({ do: fc.constant('receive' as const), client }),
        { weight: 4, arbitrary: fc.record({ do: fc.constant('hide' as const), client, which }) },
        fc.record({ do: fc.constant('read' as const), client, which }),
        fc.record({ do: fc.constant('change' as const), which }),
        fc.record({ do: fc.constant('delete' as const), which }),
      );
      let now = 10_000;
      const run = async (steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]) => {
        const service = await stage.conversation({ kind: 'service', members: [] });
        const model = new ServiceModel(clients);
        for (const name of ['Tom', 'Jerry']) {
          await services().subscribe(service, name, now);
          model.subscribe(name);
        }
        let said = 0;
        for (const one of steps) {
          // Time stands still now and then, so that messages of different logs are sent at the same moment.
          now += said % 2;
          const body = String(++said);
          switch (one.do) {
            case 'subscribe':
              await services().subscribe(service, one.client, now);
              model.subscribe(one.client);
              break;
            case 'unsubscribe':
              await services().unsubscribe(service, one.client);
              model.unsubscribe(one.client);
              break;
            case 'to subscribers': {
              // A client may be who it is said as; what it said itself is never unread.
              const content = { ...serviceDraft(service, body, now), sender: one.from };
              const sent = await services().sendToSubscribers(content);
              if (sent !== undefined) model.say({ ...sent, body, sender: one.from, to: 'subscribers' });
              break;
            }
            case 'to clients': {
              const sent = await services().sendToClients({
                ...serviceDraft(service, body, now),
                clients: one.to,
              });
              if (sent.state === 'appended') model.say({ ...sent, body, sender: 'desk', to: one.to });
              break;
            }
            case 'receive': {
              const sent = await services().receive({
                ...serviceDraft(service, body, now),
                sender: one.client,
              });
              if (sent.state === 'appended')
                model.say({ ...sent, body, sender: one.client, to: [one.client] });
              break;
            }
            case 'hide': {
              const message = model.toSubscribers(one.which);
              const expected = model.hide(one.client, message);
              if (message !== undefined) expect(await hide(service, one.client, message)).toBe(expected);
              break;
            }
            case 'read': {
              const upTo = model.seenBy(one.client)[one.which]?.timestamp ?? now;
              await stage.store.memberStates.markRead(service.key, one.client, { timestamp: upTo }, now);
              model.read(one.client, upTo);
              break;
            }
            case 'change': {
              const message = model.toSubscribers(one.which);
              if (message === undefined) break;
              const changed = await patch(service, message, now);
              const hiddenFrom = changed.state === 'patched' ? (changed.hiddenFrom ?? []) : [];
              expect([...hiddenFrom].sort()).toEqual([...message.hiddenFrom].sort());
              Object.assign(message, { body: 'changed', isChanged: true });
              break;
            }
            case 'delete': {
              const message = model.toSubscribers(one.which);
              if (message === undefined) break;
              await stage.store.messages.delete(service.key, message.id, {});
              model.delete(message);
            }
          }
        }
        for (const name of clients) {
          const visible = model.seenBy(name);
          const state = await unread(service, name);
          expect(state?.count ?? 0).toBe(model.unread(name).length);
          expect(state?.lastMessage?.body).toBe(visible.at(-1)?.body);
          const replayed = await stage.store.memberStates.unacknowledged(stage.app, name, 1000, LATER);
          const ofService = replayed.find(({ conversation }) => conversation.id === service.id);
          expect(bodies(ofService?.messages ?? [])).toEqual(model.unread(name).map(({ body }) => body));
          const patches = await stage.store.messages.patchedSince(stage.app, name, 0, 1000, LATER);
          expect(
            patches
              .filter(({ conversation }) => conversation.id === service.id)
              .map(({ message }) => message.id)
              .sort(),
          ).toEqual(
            visible
              .filter(({ isChanged }) => isChanged)
              .map(({ id }) => id)
              .sort(),
          );
          for (const direction of ['older', 'newer'] as const) {
            const log = model.logSeenBy(name).map(({ body }) => body);
            expect(await pages(service, name, direction, 1 + (said % 3))).toEqual(log);
          }
        }
      };
      await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), run), {
        numRuns: 30,
      });
    });

    /** All of the log of a service as one client reads it, in pages, oldest first. */
    async function pages(
      service: ConversationRecord,
      client: string,
      direction: HistoryRange['direction'],
      limit: number,
    ): Promise<readonly StoredMessage['body'][]> {
      const found: StoredMessage[] = [];
      let start: HistoryRange['start'];
      for (;;) {
        const page = await stage.history(service, {
          seenBy: client,
          direction,
          limit,
          ...(start !== undefined && { start }),
        });
        if (direction === 'older') found.unshift(...page);
        else found.push(...page);
        const last = direction === 'older' ? page[0] : page.at(-1);
        if (last === undefined || page.length < limit) return bodies(found);
        start = { timestamp: last.timestamp, id: last.id, included: false };
      }
    }
  });
}

interface Said extends Sent {
  readonly body: string;
  readonly sender: string;
  readonly to: 'subscribers' | readonly string[];
  readonly hiddenFrom: Set<string>;
  readonly isChanged?: true;
}

/** What a service and its clients said, and who sees it. */
class ServiceModel {
  #said: Said[] = [];
  /** Of the newest message to subscribers there ever was. */
  #newest = 0;
  readonly #clients: ReadonlyMap<string, { subscribed: boolean; readTo: number; ownReadTo: number }>;

  constructor(clients: readonly string[]) {
    this.#clients = new Map(
      clients.map((client) => [client, { subscribed: false, readTo: 0, ownReadTo: 0 }]),
    );
  }

  #of(client: string) {
    const found = this.#clients.get(client);
    if (found === undefined) throw new Error(`Nobody is called ${client}.`);
    return found;
  }

  subscribe(client: string): void {
    const state = this.#of(client);
    if (!state.subscribed) Object.assign(state, { subscribed: true, readTo: this.#newest });
  }

  unsubscribe(client: string): void {
    this.#of(client).subscribed = false;
  }

  say(message: Omit<Said, 'hiddenFrom' | 'isChanged'>): void {
    const { id, timestamp, body, sender, to } = message;
    this.#said.push({ id, timestamp, body, sender, to, hiddenFrom: new Set() });
    if (to === 'subscribers') this.#newest = timestamp;
  }

  toSubscribers(index: number): Said | undefined {
    const said = this.#said.filter(({ to }) => to === 'subscribers');
    return said[index % said.length];
  }

  hide(client: string, message: Said | undefined): HideOutcome {
    if (message === undefined || !this.#sees(client, message)) return 'not-found';
    message.hiddenFrom.add(client);
    return 'hidden';
  }

  delete(message: Said): void {
    this.#said = this.#said.filter((one) => one !== message);
  }

  read(client: string, upTo: number): void {
    const state = this.#of(client);
    const newest = (isIn: (message: Said) => boolean) =>
      Math.max(
        0,
        ...this.#said.filter((one) => isIn(one) && one.timestamp <= upTo).map((one) => one.timestamp),
      );
    state.readTo = Math.max(
      state.readTo,
      newest(({ to }) => to === 'subscribers'),
    );
    state.ownReadTo = Math.max(
      state.ownReadTo,
      newest(({ to }) => to !== 'subscribers' && to.includes(client)),
    );
  }

  seenBy(client: string): readonly Said[] {
    return this.#said
      .filter((message) => this.#sees(client, message))
      .sort((a, b) => a.timestamp - b.timestamp || (a.id < b.id ? -1 : 1));
  }

  /** What was said to subscribers and is not hidden from a client, whether it subscribed or not. */
  logSeenBy(client: string): readonly Said[] {
    return this.#said.filter(({ to, hiddenFrom }) => to === 'subscribers' && !hiddenFrom.has(client));
  }

  unread(client: string): readonly Said[] {
    const { readTo, ownReadTo } = this.#of(client);
    return this.seenBy(client).filter(
      ({ sender, timestamp, to }) =>
        sender !== client && timestamp > (to === 'subscribers' ? readTo : ownReadTo),
    );
  }

  #sees(client: string, { to, hiddenFrom }: Said): boolean {
    if (to !== 'subscribers') return to.includes(client);
    return this.#of(client).subscribed && !hiddenFrom.has(client);
  }
}
