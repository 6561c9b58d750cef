import { describe, expect, it } from 'vitest';
import type { Acknowledgement } from '../member-states.ts';
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

    it('[F-MSG-44][F-MSG-45] counts as of one moment, whatever is written while it looks', async () => {
      const group = await stage.conversation();
      let isWritten = false;
      const writing = (async () => {
        const underWay: Promise<unknown>[] = [];
        for (let n = 0; n < 2000; n++) {
          underWay.push(
            stage.say(group, `${n}`),
            stage.say(group, 'to nobody', { receivers: [] }),
            states().markRead(group.key, 'Jerry', {}, 5000 + n),
          );
          while (underWay.length > 30) await underWay.shift();
        }
        await Promise.all(underWay);
        isWritten = true;
      })();
      const counts = new Set<number>();
      while (!isWritten) {
        const looks = Array.from({ length: 50 }, () => states().unread(stage.app, 'Jerry', 1, 100_000));
        for (const found of await Promise.all(looks)) for (const { count } of found) counts.add(count);
        // Where answers come at once, the others have to get their turn, too.
        await new Promise(setImmediate);
      }
      // Each message is read before the next one comes, so at no moment is there more than one to read.
      expect([...counts].filter((count) => count !== 0 && count !== 1)).toEqual([]);
      await writing;
      expect(await unread('Jerry')).toEqual([]);
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

    it('[F-HOOK-03] counts a message only for those it is meant for, and shows it to all in history', async () => {
      const group = await stage.conversation({ members: ['Tom', 'Jerry', 'Spike'] });
      await stage.say(group, 'to all', { mentionAll: true });
      await stage.say(group, 'to Spike', { receivers: ['Spike'], mentionAll: true });
      await stage.say(group, 'to nobody', { receivers: [] });
      expect(await unread('Jerry')).toEqual([[group.id, 1, true]]);
      expect(await unread('Spike')).toEqual([[group.id, 2, true]]);
      const replay = async (client: string) =>
        (await states().unacknowledged(stage.app, client, 10, 100_000)).flatMap(({ messages }) =>
          messages.map(({ body }) => body),
        );
      expect(await replay('Jerry')).toEqual(['to all']);
      expect(await replay('Spike')).toEqual(['to all', 'to Spike']);
      expect((await stage.history(group)).map(({ body }) => body)).toEqual([
        'to all',
        'to Spike',
        'to nobody',
      ]);
      const first = (await stage.history(group))[0];
      await states().markRead(group.key, 'Jerry', { timestamp: first?.timestamp ?? 0 }, 9000);
      expect(await unread('Jerry')).toEqual([]);
      expect((await states().unread(stage.app, 'Spike', 0, 100_000))[0]?.mentioned).toBe(true);
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

    it('[F-MSG-41][F-MSG-42] sends receipts to members only, and keeps back none for one who left', async () => {
      const group = await stage.conversation({ members: ['Tom', 'Jerry', 'Spike'] });
      const tom = await stage.say(group, 'one', { receipt: true });
      await stage.say(group, 'two', { receipt: true, sender: 'Spike' });
      await stage.store.conversations.removeMembers(group, { clients: ['Spike'], now: 3000 });
      const acknowledged = await states().acknowledge(group.key, 'Jerry', { upTo: 100_000 }, 5000);
      expect(acknowledged).toEqual([{ id: tom.id, sender: 'Tom', timestamp: tom.timestamp }]);
      const read = await states().markRead(group.key, 'Jerry', {}, 6000);
      expect(read?.receipt).toMatchObject({ id: tom.id, sender: 'Tom' });
    });

    it('[F-MSG-42] reads imply delivery, never reach over an unread message, and name the newest that asked', async () => {
      const pair = await stage.conversation();
      await stage.say(pair, 'asked', { receipt: true });
      const newest = await stage.say(pair, 'asked too', { receipt: true });
      const read = await states().markRead(pair.key, 'Jerry', { id: newest.id }, 5000);
      const { at = 0 } = read?.receipt ?? {};
      expect(read?.receipt).toEqual({ id: newest.id, sender: 'Tom', at, readBefore: 5000 });
      const { since } = stage.store.notices;
      expect((await since(stage.app, 'Tom', 0, 10)).at(-1)).toEqual({
        at,
        conversation: { key: pair.key, id: pair.id, kind: 'basic' },
        updatedAt: pair.updatedAt,
        by: 'Jerry',
        what: { event: 'message-read', id: newest.id, readBefore: 5000 },
      });
      expect((await since(stage.app, 'Jerry', 0, 10)).map(({ what }) => what.event)).toEqual([
        'members-added',
      ]);
      const [first] = await stage.history(pair);
      expect(first).toMatchObject({ readAt: 5000, deliveredAt: 5000 });
      const later = await stage.say(pair, 'later', { receipt: true, now: 6000 });
      const next = await stage.say(pair, 'after that', { now: 7000 });
      const partly = await states().markRead(pair.key, 'Jerry', { id: later.id }, 8000);
      expect(partly?.receipt).toMatchObject({ id: later.id, readBefore: next.timestamp - 1 });
      expect(await states().positions(pair.key)).toEqual([
        { client: 'Tom' },
        { client: 'Jerry', deliveredAt: next.timestamp - 1, readAt: next.timestamp - 1 },
      ]);
      await states().markRead(pair.key, 'Jerry', { id: next.id }, 9000);
      await stage.say(pair, 'much later', { now: 20_000 });
      expect(await states().positions(pair.key)).toEqual([
        { client: 'Tom' },
        { client: 'Jerry', deliveredAt: 9000, readAt: 9000 },
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

    it('[F-MSG-41] acknowledges one message by its id, or a range with both its ends', async () => {
      const pair = await stage.conversation();
      const sent = [];
      for (let n = 0; n < 5; n++) {
        sent.push(await stage.say(pair, String(n), { receipt: true, now: 2000 + n }));
      }
      const acknowledged = async (what: Acknowledgement, client = 'Jerry') =>
        (await states().acknowledge(pair.key, client, what, 5000)).map(({ timestamp }) => timestamp);
      expect(await acknowledged({ id: sent[2]?.id ?? '' })).toEqual([2002]);
      expect(await acknowledged({ from: 2001, upTo: 2003 })).toEqual([2001, 2003]);
      expect(await acknowledged({ id: 'unknown' })).toEqual([]);
      expect(await acknowledged({ upTo: 1999 })).toEqual([]);
      expect(await acknowledged({ from: 0, upTo: 9000 }, 'Tom')).toEqual([]);
      const history = await stage.history(pair);
      expect(history.map(({ deliveredAt }) => deliveredAt)).toEqual([undefined, 5000, 5000, 5000, undefined]);
    });

    it('[F-MSG-44] says with the count whether all were mentioned, and what the newest message is', async () => {
      const group = await stage.conversation();
      await stage.say(group, 'everybody!', { mentionAll: true });
      const newest = await stage.say(group, 'newest', { sender: 'Jerry' });
      const [state] = await states().unread(stage.app, 'Jerry', 0, 9000);
      expect(state).toMatchObject({
        conversation: { key: group.key, id: group.id, kind: 'basic' },
        count: 1,
        mentioned: true,
        lastMessage: { id: newest.id, body: 'newest' },
      });
    });

    it('leaves out temporary conversations that are over', async () => {
      const brief = await stage.conversation({ kind: 'temporary', ttl: 60, expiresAt: 61_000 });
      const { id } = await stage.say(brief, 'soon gone');
      await stage.store.messages.patch({
        conversation: brief.key,
        id,
        body: 'changed',
        mentions: [],
        mentionAll: false,
        recalled: false,
        now: 2000,
      });
      const found = async (now: number) => [
        (await states().unread(stage.app, 'Jerry', 0, now)).length,
        (await states().unacknowledged(stage.app, 'Jerry', 10, now)).length,
        (await stage.store.messages.patchedSince(stage.app, 'Jerry', 0, 10, now)).length,
      ];
      expect(await found(60_999)).toEqual([1, 1, 1]);
      expect(await found(61_000)).toEqual([0, 0, 0]);
    });
  });
}
