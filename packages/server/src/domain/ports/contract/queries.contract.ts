import { describe, expect, it } from 'vitest';
import { everything } from '../../query/condition.ts';
import type { ConversationQuery } from '../conversations.ts';
import { QueryTooSlow } from '../query-too-slow.ts';
import { type Engine, Stage } from '../testing/stage.ts';

export function describeQueries(engine: Engine): void {
  describe('queries', () => {
    const stage = new Stage(engine);
    const query = (changes: Partial<ConversationQuery> = {}) =>
      stage.store.conversations.query({
        app: stage.app,
        condition: everything,
        sort: [],
        skip: 0,
        limit: 100,
        withLastMessage: false,
        budget: 10_000,
        ...changes,
      });
    const names = async (changes: Partial<ConversationQuery>) =>
      (await query(changes)).map(({ conversation }) => conversation.columns.name);

    it('[F-CONV-24] order by any column, equal ones by id, and cut pages out of that order', async () => {
      for (const [name, rank] of [
        ['c', 2],
        ['a', 1],
        ['b', 1],
        ['d', undefined],
      ] as const) {
        await stage.conversation({ columns: { name, ...(rank !== undefined && { attr: { rank } }) } });
      }
      const byRank = { path: ['attr', 'rank'], descending: false };
      const byName = { path: ['name'], descending: true };
      expect(await names({ sort: [byRank, byName] })).toEqual(['d', 'b', 'a', 'c']);
      expect(await names({ sort: [{ ...byRank, descending: true }] })).toEqual(['c', 'a', 'b', 'd']);
      expect(await names({ sort: [byName], skip: 1, limit: 2 })).toEqual(['c', 'b']);
      expect(await names({ sort: [byName], skip: 9 })).toEqual([]);
      expect(await names({ sort: [byName], limit: 0 })).toEqual([]);
    });

    it('count what they would find, in their own app', async () => {
      for (const name of ['a', 'b', 'b']) await stage.conversation({ columns: { name } });
      const other = await stage.makeApp('another-app');
      await stage.conversation({ app: other, columns: { name: 'b' } });
      const condition = { test: 'equal', path: ['name'], value: 'b' } as const;
      expect(await names({ condition })).toEqual(['b', 'b']);
      const count = (app: number) => stage.store.conversations.count({ app, condition, budget: 10_000 });
      expect([await count(stage.app), await count(other)]).toEqual([2, 1]);
    });

    it('list the roles that were given, in pages by the keys of their conversations', async () => {
      const give = async (by: number, clients: readonly string[]) => {
        const group = await stage.conversation({ app: by, members: ['Tom', 'Jerry', 'Spike'] });
        const roles = clients.map((client) => ({
          id: `${group.id}-${client}`,
          client,
          role: 'manager' as const,
        }));
        const change = { expectedVersion: group.version, roles, notices: [], now: 5000 };
        await stage.store.conversations.moderate(group, change);
        return { key: group.key, id: group.id, roles };
      };
      const first = await give(stage.app, ['Tom', 'Jerry']);
      await give(stage.app, []);
      await give(await stage.makeApp('another-app'), ['Tom']);
      const second = await give(stage.app, ['Spike']);
      const { conversations } = stage.store;
      expect(await conversations.roles(stage.app, 0, 10)).toEqual([first, second]);
      expect(await conversations.roles(stage.app, 0, 1)).toEqual([first]);
      expect(await conversations.roles(stage.app, first.key, 10)).toEqual([second]);
      const leaving = { app: stage.app, key: first.key };
      await conversations.removeMembers(leaving, { clients: ['Tom', 'Jerry'], now: 6000 });
      expect(await conversations.roles(stage.app, 0, 10)).toEqual([second]);
    });

    it('see what was written before they were asked', async () => {
      const group = await stage.conversation();
      const writing = [
        stage.say(group, 'newest', { now: 7000 }),
        stage.store.conversations.addMembers(group, { clients: ['Spike'], now: 8000, limit: 9 }),
      ];
      await Promise.all(writing);
      const [found] = await query({
        condition: { test: 'equal', path: ['m'], value: 'Spike' },
        withLastMessage: true,
      });
      expect(found?.conversation).toEqual(await stage.reload(group));
      expect(found?.lastMessage?.body).toBe('newest');
      const [without] = await query();
      expect(without).not.toHaveProperty('lastMessage');
    });

    it('are given up when their budget is spent', async () => {
      await Promise.all(Array.from({ length: 200 }, () => stage.conversation()));
      const condition = { test: 'equal', path: ['attr', 'x'], value: { nothing: 'like it' } } as const;
      await expect(query({ condition, budget: 0 })).rejects.toThrow(QueryTooSlow);
      const counting = stage.store.conversations.count({ app: stage.app, condition, budget: 0 });
      await expect(counting).rejects.toThrow(QueryTooSlow);
      expect(await query({ condition })).toEqual([]);
    });
  });
}
