import { describe, expect, it } from 'vitest';
import type { ConversationRecord } from '../../conversation/conversation.ts';
import { memberSetKey } from '../member-set-key.ts';
import type { Engine } from '../testing/stage.ts';
import { Stage } from '../testing/stage.ts';

export function describeConversations(engine: Engine): void {
  describe('conversations', () => {
    const stage = new Stage(engine);

    it('are found by id in their own app only, and as they were made', async () => {
      const made = await stage.conversation({ columns: { name: 'n', attr: { list: [1, 'ü'] } } });
      expect(made).toMatchObject({
        app: stage.app,
        kind: 'basic',
        creator: 'Tom',
        columns: { name: 'n', attr: { list: [1, 'ü'] } },
        members: ['Tom', 'Jerry'],
        mutedBy: [],
        createdAt: 1000,
        updatedAt: 1000,
        unique: false,
      });
      expect(made.lastMessageAt).toBeUndefined();
      const other = await stage.makeApp('another-app');
      expect(await stage.store.conversations.load(stage.app, [made.id, 'unknown'], 0)).toEqual([made]);
      expect(await stage.store.conversations.load(other, [made.id], 0)).toEqual([]);
    });

    it('[F-CONV-31] with unique are one per member set, in whatever order the members are named', async () => {
      const first = await stage.store.conversations.create(stage.draft({ unique: true }));
      const again = await stage.store.conversations.create(
        stage.draft({ unique: true, members: ['Jerry', 'Tom'] }),
      );
      expect([first.existing, again.existing]).toEqual([false, true]);
      expect(again.conversation.id).toBe(first.conversation.id);
      expect(first.conversation.uniqueId).toBe(memberSetKey(['Tom', 'Jerry'], false));
      const plain = await stage.store.conversations.create(stage.draft());
      expect([plain.existing, plain.conversation.uniqueId]).toEqual([false, undefined]);
    });

    it('[F-CONV-31] with unique made at the same moment are one', async () => {
      const made = await Promise.all(
        Array.from({ length: 20 }, () => stage.store.conversations.create(stage.draft({ unique: true }))),
      );
      expect(new Set(made.map(({ conversation }) => conversation.id)).size).toBe(1);
      expect(made.filter(({ existing }) => !existing)).toHaveLength(1);
    });

    it('[F-CONV-31] with unique follow their members, and give way to one that has those already', async () => {
      const pair = await stage.conversation({ unique: true });
      const trio = await stage.conversation({ unique: true, members: ['Tom', 'Jerry', 'Spike'] });
      const grown = await stage.store.conversations.addMembers(pair, {
        clients: ['Spike'],
        by: 'Tom',
        now: 2000,
        limit: 500,
      });
      expect(grown?.conversation.uniqueId).toBeUndefined();
      const found = await stage.conversation({ unique: true, members: ['Spike', 'Tom', 'Jerry'] });
      expect(found.id).toBe(trio.id);
      const shrunk = await stage.store.conversations.removeMembers(pair, { clients: ['Spike'], now: 3000 });
      expect(shrunk?.conversation.uniqueId).toBe(memberSetKey(['Tom', 'Jerry'], false));
      expect((await stage.conversation({ unique: true })).id).toBe(pair.id);
    });

    it('[F-CONV-40] add in order up to the limit, and say who was there already and who did not fit', async () => {
      const group = await stage.conversation();
      const outcome = await stage.store.conversations.addMembers(group, {
        clients: ['a', 'Jerry', 'b', 'c'],
        by: 'Tom',
        now: 2000,
        limit: 4,
      });
      expect(outcome).toMatchObject({ changed: ['a', 'b'], unchanged: ['Jerry'], refused: ['c'] });
      expect(outcome?.conversation.members).toEqual(['Tom', 'Jerry', 'a', 'b']);
      expect(outcome?.conversation.version).toBeGreaterThan(group.version);
      const nothing = await stage.store.conversations.addMembers(group, {
        clients: ['a'],
        now: 3000,
        limit: 9,
      });
      expect(nothing).toMatchObject({ changed: [], unchanged: ['a'] });
      expect(nothing?.conversation.version).toBe(outcome?.conversation.version);
    });

    it('remove members with their mute mark and read position', async () => {
      const group = await stage.conversation();
      await stage.store.conversations.setMuted(group, { client: 'Jerry', muted: true, now: 1500 });
      await stage.say(group, 'before');
      const removed = await stage.store.conversations.removeMembers(group, {
        clients: ['nobody', 'Jerry'],
        by: 'Tom',
        now: 2000,
      });
      expect(removed).toMatchObject({ changed: ['Jerry'], unchanged: ['nobody'], refused: [] });
      expect(removed?.conversation).toMatchObject({ members: ['Tom'], mutedBy: [] });
      const back = await stage.store.conversations.addMembers(group, {
        clients: ['Jerry'],
        now: 3000,
        limit: 9,
      });
      expect(back?.conversation).toMatchObject({ members: ['Tom', 'Jerry'], mutedBy: [] });
      expect(await stage.store.memberStates.unread(stage.app, 'Jerry', 0, 4000)).toEqual([]);
    });

    it('replace columns only from the version that was read', async () => {
      const group = await stage.conversation({ columns: { name: 'old' } });
      const change = {
        by: 'Tom',
        now: 1000,
        expectedVersion: group.version,
        columns: { name: 'new' },
        attributes: { requested: { name: 'new' }, resulting: { name: 'new' } },
      };
      const [won, lost] = await Promise.all([
        stage.store.conversations.replaceColumns(group, change),
        stage.store.conversations.replaceColumns(group, { ...change, columns: { name: 'late' } }),
      ]);
      expect(lost).toBe('conflict');
      expect(won).toMatchObject({ conversation: { columns: { name: 'new' } } });
      const now = await stage.reload(group);
      expect(now?.columns).toEqual({ name: 'new' });
      expect(now?.updatedAt).toBeGreaterThan(group.updatedAt);
    });

    it('[F-CONV-10] mute for a member, and move their time each time', async () => {
      const group = await stage.conversation();
      const muted = await stage.store.conversations.setMuted(group, {
        client: 'Jerry',
        muted: true,
        now: 1000,
      });
      const again = await stage.store.conversations.setMuted(group, {
        client: 'Jerry',
        muted: true,
        now: 1000,
      });
      const unmuted = await stage.store.conversations.setMuted(group, {
        client: 'Jerry',
        muted: false,
        now: 1,
      });
      expect([muted?.mutedBy, again?.mutedBy, unmuted?.mutedBy]).toEqual([['Jerry'], ['Jerry'], []]);
      const times = [group, muted, again, unmuted].map((record) => record?.updatedAt ?? 0);
      expect(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0))).toBe(true);
    });

    it('replace lists of who may do what from the version that was read, with a notice each', async () => {
      const group = await stage.conversation({ members: ['Tom', 'Jerry', 'Spike'] });
      const role = { id: 'r'.repeat(24), client: 'Jerry', role: 'manager' } as const;
      const change = {
        by: 'Tom',
        now: 1000,
        expectedVersion: group.version,
        roles: [role],
        silenced: ['Spike'],
        notices: [{ to: group.members, what: { event: 'role-changed', role } }],
      } as const;
      const [won, lost] = await Promise.all([
        stage.store.conversations.moderate(group, change),
        stage.store.conversations.moderate(group, { ...change, silenced: [] }),
      ]);
      expect(lost).toBe('conflict');
      if (won === undefined || won === 'conflict') throw new Error('The change was lost.');
      expect(won.conversation).toMatchObject({ roles: [role], silenced: ['Spike'], blocked: [] });
      const blocked = await stage.store.conversations.moderate(group, {
        now: 1000,
        expectedVersion: won.conversation.version,
        blocked: ['Jerry', 'stranger'],
        remove: ['Jerry', 'stranger'],
        notices: [
          {
            to: ['Tom', 'Jerry', 'Spike', 'stranger'],
            what: { event: 'members-blocked', clients: ['Jerry', 'stranger'] },
          },
          { to: ['Tom', 'Jerry', 'Spike'], what: { event: 'members-removed', clients: ['Jerry'] } },
        ],
      });
      if (blocked === undefined || blocked === 'conflict') throw new Error('The change was lost.');
      expect(blocked.conversation).toMatchObject({
        members: ['Tom', 'Spike'],
        roles: [],
        silenced: ['Spike'],
        blocked: ['Jerry', 'stranger'],
      });
      expect(await stage.reload(group)).toEqual(blocked.conversation);
      const moments = [...won.moments, ...blocked.moments];
      expect(moments).toHaveLength(3);
      expect(moments.every((at, n) => n === 0 || at > (moments[n - 1] ?? 0))).toBe(true);
      const told = async (client: string) =>
        (await stage.store.notices.since(stage.app, client, 0, 10)).map(({ what }) => what.event);
      expect(await told('stranger')).toEqual(['members-blocked']);
      expect(await told('Jerry')).toEqual([
        'members-added',
        'role-changed',
        'members-blocked',
        'members-removed',
      ]);
    });

    it('that are gone answer undefined', async () => {
      const gone = { app: stage.app, key: 4711 };
      const { conversations } = stage.store;
      expect(await conversations.addMembers(gone, { clients: ['a'], now: 1, limit: 9 })).toBeUndefined();
      expect(await conversations.removeMembers(gone, { clients: ['a'], now: 1 })).toBeUndefined();
      expect(await conversations.setMuted(gone, { client: 'a', muted: true, now: 1 })).toBeUndefined();
      const attributes = { requested: {}, resulting: {} };
      const change = { now: 1, expectedVersion: 1, columns: {}, attributes };
      expect(await conversations.replaceColumns(gone, change)).toBeUndefined();
    });

    it('never take the id of another one', async () => {
      const first = await stage.conversation({ columns: { name: 'first' } });
      await expect(stage.conversation({ id: first.id, columns: { name: 'second' } })).rejects.toThrow();
      expect(await stage.reload(first)).toEqual(first);
      const other = await stage.makeApp('another-app');
      expect(await stage.conversation({ app: other, id: first.id })).toMatchObject({ app: other });
    });

    it('that are temporary are over at their time, are never found by query, and free their member set', async () => {
      const temporary = { kind: 'temporary', unique: true, ttl: 60, expiresAt: 61_000 } as const;
      const made = await stage.conversation(temporary);
      expect(made).toMatchObject({ ttl: 60, expiresAt: 61_000 });
      expect(await stage.reload(made, 60_999)).toBeDefined();
      expect(await stage.reload(made, 61_000)).toBeUndefined();
      expect(await stage.conversation({ ...temporary, now: 2000 })).toMatchObject({ id: made.id });
      const next = await stage.conversation({ ...temporary, now: 70_000, expiresAt: 130_000 });
      expect(next.id).not.toBe(made.id);
      const everything = {
        app: stage.app,
        condition: { test: 'all', conditions: [] },
        budget: 1000,
      } as const;
      expect(await stage.store.conversations.count(everything)).toBe(0);
    });

    it('are loaded as the writes called before left them', async () => {
      const group = await stage.conversation();
      const changes = Array.from({ length: 50 }, (_, n) =>
        stage.store.conversations.addMembers(group, { clients: [`m${n}`], now: 2000, limit: 500 }),
      );
      const loaded = stage.reload(group);
      const seen = await loaded;
      await Promise.all(changes);
      expect(seen?.members).toHaveLength(52);
    });

    it('are written over as a whole, only from the version that was seen, and nobody is told', async () => {
      const group = await stage.conversation({
        members: ['Tom', 'Jerry', 'Spike'],
        unique: true,
        quiet: true,
      });
      const change = {
        expectedVersion: group.version,
        columns: { name: 'new' },
        creator: 'Jerry',
        members: ['Jerry', 'Tyke', 'Tom'],
        mutedBy: ['Tom', 'Nobody'],
        now: 2000,
      };
      const written = await stage.store.conversations.overwrite(group, change);
      expect(written).toMatchObject({
        columns: { name: 'new' },
        creator: 'Jerry',
        // Who stays keeps its place.
        members: ['Tom', 'Jerry', 'Tyke'],
        mutedBy: ['Tom'],
        updatedAt: 2000,
        version: group.version + 1,
      });
      expect(await stage.reload(group)).toEqual(written);
      expect((written as ConversationRecord).uniqueId).not.toBe(group.uniqueId);
      expect(await stage.store.conversations.overwrite(group, change)).toBe('conflict');
      for (const client of ['Tom', 'Spike', 'Tyke']) {
        expect(await stage.store.notices.since(stage.app, client, 0, 10)).toEqual([]);
      }
      const room = await stage.conversation({ kind: 'chat-room', members: [] });
      expect(
        await stage.store.conversations.overwrite(room, { ...change, expectedVersion: 1 }),
      ).toMatchObject({
        columns: { name: 'new' },
        members: [],
      });
      await stage.store.conversations.delete(group);
      expect(await stage.store.conversations.overwrite(group, change)).toBeUndefined();
    });

    it('[F-CONV-49] are found by member, newest message first, in pages', async () => {
      const records = [];
      for (let n = 0; n < 5; n++) records.push(await stage.conversation({ now: 1000 + n }));
      const [a, b, c] = records;
      if (a === undefined || b === undefined || c === undefined) throw new Error('Nothing was made.');
      await stage.say(b, 'first', { now: 5000 });
      await stage.say(a, 'second', { now: 6000 });
      const find = (skip: number, limit: number) =>
        stage.store.conversations.query({
          app: stage.app,
          condition: { test: 'equal', path: ['m'], value: 'Jerry' },
          sort: [],
          skip,
          limit,
          withLastMessage: true,
          budget: 1000,
        });
      const [first, second] = await find(0, 2);
      expect([first?.conversation.id, second?.conversation.id]).toEqual([a.id, b.id]);
      expect(first?.lastMessage?.body).toBe('second');
      expect(first?.conversation.lastMessageAt).toBe(6000);
      const pages = [...(await find(0, 2)), ...(await find(2, 2)), ...(await find(4, 2))];
      expect(new Set(pages.map(({ conversation }) => conversation.id)).size).toBe(5);
    });
  });
}
