import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationRecord } from '../../conversation/conversation.ts';
import { serviceLogKey } from '../service-log-key.ts';
import { bodies, type Engine, Stage, serviceDraft } from '../testing/stage.ts';

const LATER = 1_000_000;

export function describeServices(engine: Engine): void {
  describe('services', () => {
    const stage = new Stage(engine);
    const services = () => stage.store.services;
    const open = () => stage.conversation({ kind: 'service', members: [] });
    const toClients = (service: ConversationRecord, clients: readonly string[], body: string, now = 1000) =>
      services().sendToClients({ ...serviceDraft(service, body, now), clients });
    const unread = async (client: string, since = 0, now = LATER) => {
      const states = await stage.store.memberStates.unread(stage.app, client, since, now);
      return states.map(({ conversation, count, lastMessage }) => [
        conversation.id,
        count,
        lastMessage?.body,
      ]);
    };
    const seenBy = async (service: ConversationRecord, client: string) => {
      const logs = Object.values(await services().logsOf(service, client));
      const pages = await Promise.all(
        logs.map((conversation) => stage.history({ ...service, key: conversation })),
      );
      return bodies(pages.flat().toSorted((a, b) => a.timestamp - b.timestamp));
    };

    it('[F-MSG-60] are found by the name older programs have for an exchange', async () => {
      const [one, two] = [
        await stage.conversation({ kind: 'service', members: [] }),
        await stage.conversation({ kind: 'service', members: [] }),
      ];
      const client = 'Tom/:everyone';
      for (const service of [one, two]) {
        const draft = {
          service,
          sender: client,
          body: 'hello',
          receipt: false,
          mentions: [],
          mentionAll: false,
        };
        await stage.store.services.receive({ ...draft, now: 1000 });
      }
      const find = (app: number, key: string) => stage.store.services.exchangeNamed(app, key);
      expect(await find(stage.app, serviceLogKey(two.id, client))).toEqual({ service: two.id, client });
      expect(await find(stage.app + 1, serviceLogKey(two.id, client))).toBeUndefined();
      expect(await find(stage.app, serviceLogKey(two.id, 'Jerry'))).toBeUndefined();
      await stage.store.services.nameExchange(two, 'Jerry', 2000);
      await stage.store.services.nameExchange(two, 'Jerry', 2001);
      expect(await find(stage.app, serviceLogKey(two.id, 'Jerry'))).toEqual({
        service: two.id,
        client: 'Jerry',
      });
    });

    it('[F-SYS-03][F-SYS-05] have subscribers, who are no members', async () => {
      const service = await open();
      const first = {
        service: { key: service.key, id: service.id },
        client: 'Tom',
        since: 2000,
        muted: false,
      };
      expect(await services().subscribe(service, 'Tom', 2000)).toBe('new');
      for (const again of [2000, 3000]) {
        expect(await services().subscribe(service, 'Tom', again)).toBe('known');
      }
      expect(await services().subscriptions('Tom', [service.key])).toEqual([first]);
      expect((await stage.reload(service))?.members).toEqual([]);
      expect(await services().setMuted(service, 'Tom', true)).toBe(true);
      expect(await services().subscriptions('Tom', [service.key])).toEqual([{ ...first, muted: true }]);
      expect(await services().countSubscribers(service.key)).toBe(1);
      expect(await services().unsubscribe(service, 'Tom')).toBe(true);
      expect(await services().unsubscribe(service, 'Tom')).toBe(false);
      expect(await services().setMuted(service, 'Tom', true)).toBe(false);
      expect(await services().subscriptions('Tom', [service.key])).toEqual([]);
      const basic = await stage.conversation();
      expect(await services().subscribe(basic, 'Spike', 1)).toBe('no-conversation');
      expect(await services().subscriptions('Tom', [basic.key])).toEqual([]);
    });

    it('[F-SYS-05] list subscribers by id, and subscriptions by age, in pages', async () => {
      const [a, b, c] = [await open(), await open(), await open()];
      for (const client of ['é', 'b', 'a', '😀', 'Z']) await services().subscribe(a, client, 1000);
      const page = async (after?: string) =>
        (await services().subscribers(a.key, after, 2)).map(({ client }) => client);
      expect(await page()).toEqual(['Z', 'a']);
      expect(await page('a')).toEqual(['b', 'é']);
      expect(await page('é')).toEqual(['😀']);
      expect(await page('😀')).toEqual([]);
      await services().subscribe(b, 'a', 2000);
      await services().subscribe(c, 'a', 2000);
      const own = (newestFirst: boolean, after?: { id: string; since: number }) =>
        services().subscriptionsOf(stage.app, 'a', {
          newestFirst,
          limit: 2,
          ...(after !== undefined && { after }),
        });
      const oldest = await own(false);
      expect(oldest.map(({ service }) => service.id)).toEqual([a.id, b.id]);
      expect((await own(false, { id: b.id, since: 2000 })).map(({ service }) => service.id)).toEqual([c.id]);
      expect((await own(true)).map(({ service }) => service.id)).toEqual([c.id, b.id]);
      expect((await own(true, { id: b.id, since: 2000 })).map(({ service }) => service.id)).toEqual([a.id]);
    });

    it('[F-SYS-01][F-SYS-17] show a client what was said to subscribers, to it and by it, and nothing else', async () => {
      const service = await open();
      await services().subscribe(service, 'Tom', 500);
      await stage.toSubscribers(service, 'to all', 1000);
      const sent = await toClients(service, ['Tom', 'Jerry'], 'to two', 2000);
      await toClients(service, ['Jerry'], 'to Jerry', 3000);
      const asked = await services().receive({ ...serviceDraft(service, 'from Tom', 4000), sender: 'Tom' });
      expect(await seenBy(service, 'Tom')).toEqual(['to all', 'to two', 'from Tom']);
      expect(await seenBy(service, 'Jerry')).toEqual(['to two', 'to Jerry']);
      expect(await seenBy(service, 'Spike')).toEqual([]);
      if (sent.state !== 'appended' || asked.state !== 'appended') throw new Error('Not sent.');
      for (const { log } of sent.logs) {
        expect(await stage.store.messages.find(log, sent.id)).toMatchObject({ timestamp: sent.timestamp });
      }
      expect(await stage.store.conversations.load(stage.app, [`${service.key}/Tom`], 0)).toEqual([]);
      const all = await stage.store.conversations.query({
        app: stage.app,
        condition: { test: 'all', conditions: [] },
        sort: [],
        skip: 0,
        limit: 10,
        withLastMessage: false,
        budget: 1000,
      });
      expect(all.map(({ conversation }) => conversation.id)).toEqual([service.id]);
    });

    it('order what a client sees as it was committed, whatever log it is in', async () => {
      const service = await open();
      await services().subscribe(service, 'Tom', 500);
      const said: string[] = [];
      for (let round = 0; round < 10; round++) {
        for (const to of ['subscribers', 'Tom', 'everybody', 'service'] as const) {
          const body = `${round} ${to}`;
          said.push(body);
          if (to === 'subscribers') await stage.toSubscribers(service, body);
          if (to === 'Tom') await toClients(service, ['Tom', `other ${round}`], body);
          if (to === 'everybody')
            await services().broadcast({ ...serviceDraft(service, body), validUntil: LATER });
          if (to === 'service') await services().receive({ ...serviceDraft(service, body), sender: 'Tom' });
        }
      }
      expect(await seenBy(service, 'Tom')).toEqual(said);
    });

    it('[F-SYS-03] counts what came after the subscription, and what was said to the client alone', async () => {
      const service = await open();
      await stage.toSubscribers(service, 'before', 1000);
      await services().subscribe(service, 'Tom', 1000);
      expect(await unread('Tom')).toEqual([]);
      await stage.toSubscribers(service, 'after', 2000);
      await toClients(service, ['Tom', 'Jerry'], 'personal', 2000);
      await services().receive({ ...serviceDraft(service, 'mine', 2500), sender: 'Tom' });
      expect(await unread('Tom')).toEqual([[service.id, 2, 'mine']]);
      expect(await unread('Jerry')).toEqual([[service.id, 1, 'personal']]);
      const read = await stage.store.memberStates.markRead(service.key, 'Tom', { timestamp: 2400 }, 3000);
      expect(read).toMatchObject({ advanced: true, unread: { count: 0, conversation: { id: service.id } } });
      expect(await unread('Tom', 2900)).toEqual([[service.id, 0, 'mine']]);
      expect(await unread('Tom', 3100)).toEqual([]);
      await stage.toSubscribers(service, 'more', 4000);
      expect(await unread('Tom')).toEqual([[service.id, 1, 'more']]);
      await services().unsubscribe(service, 'Tom');
      expect(await unread('Tom')).toEqual([]);
      expect(await stage.store.memberStates.markRead(service.key, 'Spike', {}, 5000)).toBeUndefined();
    });

    it('count exactly, whatever happens in whatever order', async () => {
      const service = await open();
      const clients = ['Tom', 'Jerry', 'Spike'];
      const client = fc.constantFrom(...clients);
      const step = fc.oneof(
        fc.record({ do: fc.constant('subscribe' as const), client }),
        fc.record({ do: fc.constant('unsubscribe' as const), client }),
        fc.record({ do: fc.constant('to subscribers' as const) }),
        fc.record({ do: fc.constant('to clients' as const), to: fc.uniqueArray(client, { minLength: 1 }) }),
        fc.record({ do: fc.constant('receive' as const), client }),
        fc.record({ do: fc.constant('read' as const), client }),
      );
      let now = 10_000;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
          const model = new Map(clients.map((name) => [name, { subscribed: false, toAll: 0, own: 0 }]));
          for (const name of clients) {
            await services().unsubscribe(service, name);
            await stage.store.memberStates.markRead(service.key, name, {}, now);
          }
          for (const one of steps) {
            // Time stands still now and then, so that messages of different logs are sent at the same moment.
            now += one.do === 'read' ? 1 : 0;
            const of = (name: string) => model.get(name) ?? { subscribed: false, toAll: 0, own: 0 };
            switch (one.do) {
              case 'subscribe':
                await services().subscribe(service, one.client, now);
                of(one.client).subscribed = true;
                break;
              case 'unsubscribe':
                await services().unsubscribe(service, one.client);
                Object.assign(of(one.client), { subscribed: false, toAll: 0 });
                break;
              case 'to subscribers':
                await stage.toSubscribers(service, 'all', now);
                for (const each of model.values()) if (each.subscribed) each.toAll++;
                break;
              case 'to clients':
                await toClients(service, one.to, 'you', now);
                for (const name of one.to) of(name).own++;
                break;
              case 'receive':
                await services().receive({ ...serviceDraft(service, 'hi', now), sender: one.client });
                break;
              case 'read':
                await stage.store.memberStates.markRead(service.key, one.client, {}, now);
                Object.assign(of(one.client), { toAll: 0, own: 0 });
            }
          }
          for (const [name, { toAll, own }] of model) {
            expect((await unread(name))[0]?.[1] ?? 0).toBe(toAll + own);
          }
        }),
        { numRuns: 30 },
      );
    });

    it('[F-SYS-06] keep what clients said for operators, each once however often it is sent', async () => {
      const service = await open();
      const other = await open();
      const said = {
        ...serviceDraft(service, 'one', 1000),
        sender: 'Tom',
        token: 'same',
        fromIp: '192.0.2.7',
      };
      const first = await services().receive(said);
      expect(await services().receive(said)).toEqual({
        state: 'duplicate',
        id: first.state === 'refused' ? '' : first.id,
        timestamp: 1000,
      });
      await services().receive({ ...serviceDraft(other, 'two', 2000), sender: 'Jerry' });
      const all = { app: stage.app, newestFirst: false, skip: 0, limit: 10 };
      const received = await services().received(all);
      expect(received.map(({ service: to, message }) => [to.id, message.sender, message.body])).toEqual([
        [service.id, 'Tom', 'one'],
        [other.id, 'Jerry', 'two'],
      ]);
      expect(received[0]?.message.fromIp).toBe('192.0.2.7');
      const only = async (changes: object) =>
        bodies((await services().received({ ...all, ...changes })).map(({ message }) => message));
      expect(await only({ service: other.key })).toEqual(['two']);
      expect(await only({ sender: 'Tom' })).toEqual(['one']);
      expect(await only({ from: 1001 })).toEqual(['two']);
      expect(await only({ to: 1000 })).toEqual(['one']);
      expect(await only({ newestFirst: true, limit: 1 })).toEqual(['two']);
      expect(await only({ skip: 1 })).toEqual(['two']);
      await stage.store.retention.deleteMessages(stage.app, 1500, 10);
      expect(await only({})).toEqual(['two']);
    });

    it('[F-MSG-32] tell who was away of edits in the logs it sees', async () => {
      const service = await open();
      await services().subscribe(service, 'Tom', 500);
      const all = await stage.toSubscribers(service, 'all', 1000);
      const sent = await toClients(service, ['Tom', 'Jerry'], 'both', 1000);
      if (sent.state !== 'appended') throw new Error('Not sent.');
      const edit = { body: 'edited', mentions: [], mentionAll: false, recalled: false, now: 5000 };
      await stage.store.messages.patch({ ...edit, conversation: service.key, id: all.id });
      await stage.store.messages.patch({
        ...edit,
        conversation: sent.logs[0]?.log ?? 0,
        id: sent.id,
        now: 6000,
      });
      const patches = async (client: string) =>
        (await stage.store.messages.patchedSince(stage.app, client, 4000, 10, LATER)).map(
          ({ conversation, message }) => [conversation.id, message.id],
        );
      expect(await patches('Tom')).toEqual([
        [service.id, all.id],
        [service.id, sent.id],
      ]);
      expect(await patches('Jerry')).toEqual([]);
    });

    it('[F-SESS-25] replay what was not acknowledged, of all logs together', async () => {
      const service = await open();
      await services().subscribe(service, 'Tom', 500);
      await stage.toSubscribers(service, '1', 1000);
      await toClients(service, ['Tom'], '2', 2000);
      await stage.toSubscribers(service, '3', 3000);
      const replay = async (limit = 10) =>
        (await stage.store.memberStates.unacknowledged(stage.app, 'Tom', limit, LATER)).map(
          ({ conversation, messages, hasMore }) => [conversation.id, bodies(messages), hasMore],
        );
      expect(await replay()).toEqual([[service.id, ['1', '2', '3'], false]]);
      expect(await replay(2)).toEqual([[service.id, ['2', '3'], true]]);
      await stage.store.memberStates.acknowledge(service.key, 'Tom', { upTo: 2500 }, 5000);
      expect(await replay()).toEqual([[service.id, ['3'], false]]);
    });

    describe('what is said to everybody', () => {
      const broadcast = (service: ConversationRecord, body: string, now: number, validUntil = LATER + 1) =>
        services().broadcast({ ...serviceDraft(service, body, now), validUntil });

      it('[F-SYS-12] is unread for everybody the app knew, until it is read or expires', async () => {
        const service = await open();
        await services().rememberClient(stage.app, 'Tom', 500);
        await broadcast(service, 'short', 1000, 5000);
        await broadcast(service, 'long', 2000);
        expect(await unread('Tom', 0, 4000)).toEqual([[service.id, 2, 'long']]);
        expect(await unread('Tom', 1500, 4000)).toEqual([[service.id, 2, 'long']]);
        expect(await unread('Tom', 2500, 4000)).toEqual([]);
        expect(await unread('Tom', 0, 6000)).toEqual([[service.id, 1, 'long']]);
        expect(await seenBy(service, 'Tom')).toEqual(['short', 'long']);
        const read = await stage.store.memberStates.markRead(service.key, 'Tom', {}, 7000);
        expect(read).toMatchObject({ advanced: true, unread: { count: 0 } });
        expect(await unread('Tom')).toEqual([]);
        expect(await unread('Tom', 6500)).toEqual([[service.id, 0, 'long']]);
        await broadcast(service, 'again', 8000);
        expect(await unread('Tom')).toEqual([[service.id, 1, 'again']]);
      });

      it('[F-SYS-13] leaves who is new with the newest of what was said before, of any service', async () => {
        const [one, two] = [await open(), await open()];
        await broadcast(one, 'old', 1000);
        await broadcast(two, 'newest', 2000);
        await broadcast(one, 'expired', 2500, 2600);
        await services().rememberClient(stage.app, 'new', 3000);
        await services().rememberClient(stage.app, 'new', 9000);
        expect(await unread('new')).toEqual([[two.id, 1, 'newest']]);
        await broadcast(one, 'later', 4000);
        expect(await unread('new')).toEqual([
          [one.id, 1, 'later'],
          [two.id, 1, 'newest'],
        ]);
        const missed = await stage.store.memberStates.unacknowledged(stage.app, 'new', 10, LATER);
        expect(missed.flatMap(({ messages }) => bodies(messages)).sort()).toEqual(['later', 'newest']);
      });

      it('[F-SYS-14] can be taken back and is listed while it is delivered', async () => {
        const service = await open();
        await services().rememberClient(stage.app, 'Tom', 500);
        const first = await broadcast(service, 'one', 1000, 5000);
        await broadcast(service, 'two', 2000, 9000);
        const listed = async (now: number, skip = 0, limit = 10) =>
          (await services().broadcasts(service, now, skip, limit)).map(({ message, validUntil }) => [
            message.body,
            validUntil,
          ]);
        expect(await listed(3000)).toEqual([
          ['two', 9000],
          ['one', 5000],
        ]);
        expect(await listed(3000, 1, 1)).toEqual([['one', 5000]]);
        expect(await listed(6000)).toEqual([['two', 9000]]);
        expect(await services().withdrawBroadcast(stage.app, first?.id ?? '')).toBe(true);
        expect(await services().withdrawBroadcast(stage.app, first?.id ?? '')).toBe(false);
        expect(await unread('Tom', 0, 3000)).toEqual([[service.id, 1, 'two']]);
        expect(await seenBy(service, 'Tom')).toEqual(['two']);
        expect(await stage.store.retention.forgetBroadcasts(9000, 10)).toBe(1);
        expect(await listed(3000)).toEqual([]);
        expect(await seenBy(service, 'Tom')).toEqual(['two']);
      });
    });

    it('[F-CONV-26] live as long as they talk to anybody, and leave nothing behind', async () => {
      const service = await open();
      for (const client of ['Tom', 'Jerry', 'Spike']) {
        await services().subscribe(service, client, 1000);
        await toClients(service, [client], 'hello', 1000);
      }
      await services().receive({ ...serviceDraft(service, 'still here', 50_000), sender: 'Tom' });
      await stage.store.retention.deleteInactiveConversations(stage.app, 40_000, 100);
      expect(await stage.reload(service)).toBeDefined();
      expect(await seenBy(service, 'Tom')).toContain('still here');
      let deleted: readonly string[] = [];
      for (let round = 0; round < 20; round++) {
        const batch = await stage.store.retention.deleteInactiveConversations(stage.app, 60_000, 2);
        deleted = [...deleted, ...batch.deleted];
        if (!batch.hasMore) break;
      }
      expect(deleted).toContain(service.id);
      while ((await stage.store.retention.deleteRemainsOfServices(2)) > 0);
      expect(await services().countSubscribers(service.key)).toBe(0);
      expect(await services().received({ app: stage.app, newestFirst: false, skip: 0, limit: 10 })).toEqual(
        [],
      );
      expect(await unread('Tom')).toEqual([]);
      expect(await services().receive({ ...serviceDraft(service, 'too late'), sender: 'Tom' })).toEqual({
        state: 'refused',
        reason: 'no-conversation',
      });
    });
  });
}
