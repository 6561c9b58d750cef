import { describe, expect, it } from 'vitest';
import { everything } from '../../query/condition.ts';
import { bodies, type Engine, Stage } from '../testing/stage.ts';

export function describeUpkeep(engine: Engine): void {
  describe('apps, notices, tokens and upkeep', () => {
    const stage = new Stage(engine);

    it('keep an app as it was made first, and change its keys and settings', async () => {
      const draft = { id: 'an-app', appKey: 'k', masterKey: 'm', settings: { a: 1 }, createdAt: 5 };
      const { app, existing } = await stage.store.apps.create(draft);
      expect(existing).toBe(false);
      const again = await stage.store.apps.create({ ...draft, appKey: 'other' });
      expect(again).toEqual({ app, existing: true });
      const updated = await stage.store.apps.update(app.key, { masterKey: 'new', settings: { b: [2] } });
      expect(updated).toEqual({ ...app, masterKey: 'new', settings: { b: [2] } });
      expect(await stage.store.apps.list()).toContainEqual(updated);
      expect(await stage.store.apps.update(4711, { appKey: 'x' })).toBeUndefined();
    });

    it('[F-SESS-34] keep notices of changes for the members before and after, each at a moment of its own', async () => {
      const group = await stage.conversation({ now: 1000 });
      const { conversations, notices } = stage.store;
      await Promise.all([
        conversations.addMembers(group, { clients: ['Spike'], by: 'Tom', now: 1000, limit: 9 }),
        conversations.removeMembers(group, { clients: ['Jerry'], by: 'Tom', now: 1000 }),
        conversations.setMuted(group, { client: 'Tom', muted: true, now: 1000 }),
      ]);
      const told = async (client: string, since = 0, limit = 10) =>
        (await notices.since(stage.app, client, since, limit)).map(({ at, what }) => ({
          at,
          event: what.event,
        }));
      const events = (list: readonly { event: string }[]) => list.map(({ event }) => event);
      expect(events(await told('Tom'))).toEqual(['members-added', 'members-added', 'members-removed']);
      expect(events(await told('Jerry'))).toEqual(['members-added', 'members-added', 'members-removed']);
      expect(events(await told('Spike'))).toEqual(['members-added', 'members-removed']);
      const all = await told('Tom');
      expect(all.every(({ at }, n) => n === 0 || at > (all[n - 1]?.at ?? 0))).toBe(true);
      expect(await told('Tom', all[0]?.at)).toEqual(all.slice(1));
      expect(await told('Tom', 0, 1)).toEqual(all.slice(0, 1));
    });

    it('tell nobody of chat rooms and services', async () => {
      await stage.conversation({ kind: 'chat-room', members: [] });
      expect(await stage.store.notices.since(stage.app, 'Tom', 0, 10)).toEqual([]);
    });

    it('[F-SESS-30] keep what makes session tokens worthless, as long as it matters', async () => {
      const { sessionTokens, retention } = stage.store;
      expect(await sessionTokens.raiseEpoch(stage.app, 'Tom', 1000)).toBe(1000);
      expect(await sessionTokens.raiseEpoch(stage.app, 'Tom', 1000)).toBe(1001);
      await sessionTokens.closeSession('session-1', 5000);
      await sessionTokens.closeSession('session-2', 9000);
      await sessionTokens.closeSession('session-2', 8000);
      expect(await sessionTokens.loadInvalidations(6000)).toEqual({
        epochs: [{ app: stage.app, client: 'Tom', epoch: 1001 }],
        closedSessions: [{ session: 'session-2', until: 9000 }],
      });
      expect(await retention.deleteClosedSessions(9000, 1)).toBe(1);
      expect(await retention.deleteClosedSessions(9000, 5)).toBe(1);
    });

    it('[F-MSG-25] delete old messages in batches, and number the next ones as if they were still there', async () => {
      const [group, other] = [await stage.conversation(), await stage.conversation()];
      for (let n = 0; n < 5; n++) await stage.say(group, String(n), { now: 1000 + n, token: `t${n}` });
      await stage.say(other, 'kept', { now: 9000 });
      const batch = () => stage.store.retention.deleteMessages(stage.app, 1004, 3);
      expect([await batch(), await batch(), await batch()]).toEqual([3, 1, 0]);
      expect(bodies(await stage.history(group))).toEqual(['4']);
      expect(bodies(await stage.history(other))).toEqual(['kept']);
      expect((await stage.say(group, 'next', { now: 1 })).seq).toBe(6);
      const [state] = await stage.store.memberStates.unread(stage.app, 'Jerry', 0, 10_000);
      expect([state?.conversation.id, state?.count]).toEqual([other.id, 1]);
      expect(await stage.append(group, { token: 't0' })).toMatchObject({ state: 'appended' });
    });

    it('[F-CONV-25][F-CONV-28] delete conversations that were silent, with everything in them', async () => {
      const silent = await stage.conversation({ now: 1000, unique: true });
      await stage.say(silent, 'gone', { now: 2000 });
      const active = await stage.conversation({ now: 1000 });
      await stage.say(active, 'kept', { now: 9000 });
      const changed = await stage.conversation({ now: 1000 });
      await stage.store.conversations.setMuted(changed, { client: 'Tom', muted: true, now: 9000 });
      const { deleted } = await stage.store.retention.deleteInactiveConversations(stage.app, 5000, 10);
      expect(deleted).toEqual([silent.id]);
      expect(await stage.reload(silent)).toBeUndefined();
      expect(await stage.history(silent)).toEqual([]);
      expect(await stage.append(silent)).toEqual({ state: 'refused', reason: 'no-conversation' });
      expect(await stage.reload(active)).toBeDefined();
      expect(await stage.reload(changed)).toBeDefined();
      expect((await stage.conversation({ unique: true })).id).not.toBe(silent.id);
    });

    it('delete what is over: temporary conversations, send tokens, notices', async () => {
      const { retention } = stage.store;
      const brief = await stage.conversation({ kind: 'temporary', ttl: 1, expiresAt: 2000 });
      await stage.conversation({ kind: 'temporary', ttl: 9, expiresAt: 9000 });
      expect((await retention.deleteExpiredTemporary(2000, 10)).deleted).toEqual([
        { app: stage.app, id: brief.id },
      ]);
      const group = await stage.conversation();
      await stage.say(group, 'x', { token: 'old', now: 3000 });
      await stage.say(group, 'y', { token: 'young', now: 4000 });
      expect(await retention.forgetSendTokens(4000, 10)).toBeLessThan(10);
      expect(await stage.append(group, { token: 'old' })).toMatchObject({ state: 'appended' });
      expect(await stage.append(group, { token: 'young' })).toMatchObject({ state: 'duplicate' });
      expect(await retention.deleteNotices(stage.app, 1_000_000, 2)).toBe(2);
      expect(await retention.deleteNotices(stage.app, 1_000_000, 2)).toBe(1);
      expect(await stage.store.notices.since(stage.app, 'Tom', 0, 10)).toEqual([]);
    });

    it('delete no more at once than they are told, and nothing of another app', async () => {
      const { retention } = stage.store;
      const other = await stage.makeApp('another-app');
      const kept = await stage.conversation({ app: other, now: 1 });
      await stage.say(kept, 'kept', { now: 2 });
      for (let n = 0; n < 3; n++) {
        const group = await stage.conversation({ now: 1 });
        await stage.say(group, 'old', { now: 2, token: 'old' });
        await stage.conversation({ kind: 'temporary', members: [], ttl: 1, expiresAt: 2000 });
        await stage.store.sessionTokens.closeSession(`session-${n}`, 2000);
      }
      const batches = async (batch: () => Promise<number>) => [await batch(), await batch(), await batch()];
      const forgotten = await batches(() => retention.forgetSendTokens(9000, 2));
      expect(forgotten.slice(0, 2).every((count) => count <= 2)).toBe(true);
      expect(forgotten[2]).toBe(0);
      expect(await batches(() => retention.deleteMessages(stage.app, 9000, 2))).toEqual([2, 1, 0]);
      expect(await batches(() => retention.deleteClosedSessions(9000, 2))).toEqual([2, 1, 0]);
      const temporary = async () => (await retention.deleteExpiredTemporary(9000, 2)).deleted.length;
      expect(await batches(temporary)).toEqual([2, 1, 0]);
      const inactive = async () =>
        (await retention.deleteInactiveConversations(stage.app, 9000, 2)).deleted.length;
      expect(await batches(inactive)).toEqual([2, 1, 0]);
      expect(await batches(() => retention.deleteNotices(stage.app, 9000, 2))).toEqual([2, 1, 0]);
      expect(bodies(await stage.history(kept))).toEqual(['kept']);
      expect(await stage.store.notices.since(other, 'Jerry', 0, 10)).toHaveLength(1);
    });

    it('[F-CONV-28] delete a large conversation in several steps, and say so', async () => {
      const group = await stage.conversation({ now: 1 });
      await Promise.all(
        Array.from({ length: 25 }, (_, n) => stage.append(group, { now: 2, body: String(n) })),
      );
      const deleted: string[] = [];
      let calls = 0;
      for (let hasMore = true; hasMore; calls++) {
        const batch = await stage.store.retention.deleteInactiveConversations(stage.app, 9000, 10);
        deleted.push(...batch.deleted);
        hasMore = batch.hasMore;
        expect(calls).toBeLessThan(10);
      }
      expect(deleted).toEqual([group.id]);
      expect(await stage.history(group)).toEqual([]);
      expect(await stage.reload(group)).toBeUndefined();
    });

    it('answer a ping after everything that was called before', async () => {
      const group = await stage.conversation();
      let committed = 0;
      for (let n = 0; n < 50; n++) {
        void stage.append(group).then(() => {
          committed++;
        });
      }
      await stage.store.ping();
      expect(committed).toBe(50);
    });

    it('finish what was called before they close, and reject everything after', async () => {
      const group = await stage.conversation();
      const last = stage.say(group, 'last');
      const read = stage.history(group);
      const found = stage.store.conversations.count({ app: stage.app, condition: everything, budget: 1000 });
      const closed = stage.store.close();
      await Promise.all([
        expect(stage.append(group)).rejects.toThrow('closed'),
        expect(stage.history(group)).rejects.toThrow('closed'),
        expect(stage.store.ping()).rejects.toThrow('closed'),
      ]);
      expect((await last).seq).toBe(1);
      expect(bodies(await read)).toEqual(['last']);
      expect(await found).toBe(1);
      await closed;
      await expect(stage.store.notices.since(stage.app, 'Tom', 0, 1)).rejects.toThrow('closed');
      await stage.store.close();
    });
  });
}
