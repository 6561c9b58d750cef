import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ban } from '../bans.ts';
import { type Engine, Stage } from '../testing/stage.ts';

/** What may not be said in an app, and who may not come in. */
export function describeKeywordsAndBans(engine: Engine): void {
  describe('keywords', () => {
    const stage = new Stage(engine);

    it('[F-MOD-06] has one list an app, and the last one replaces those before', async () => {
      const { keywords } = stage.store;
      const other = await stage.makeApp('another');
      expect(await keywords.apps()).toEqual([]);
      expect(await keywords.read(stage.app)).toBeUndefined();
      await keywords.replace(stage.app, { list: 'bad\n敏感', count: 2, changedAt: 1000 });
      await keywords.replace(other, { list: 'theirs', count: 1, changedAt: 2000 });
      await keywords.replace(stage.app, { list: 'worse', count: 1, changedAt: 3000 });
      expect(new Set(await keywords.apps())).toEqual(new Set([stage.app, other]));
      expect(await keywords.read(stage.app)).toEqual({ list: 'worse', count: 1, changedAt: 3000 });
      await keywords.replace(stage.app, { list: '', count: 0, changedAt: 4000 });
      expect(await keywords.read(stage.app)).toEqual({ list: '', count: 0, changedAt: 4000 });
    });
  });

  describe('bans', () => {
    const stage = new Stage(engine);
    const ban = (client: string, changes: Partial<Ban> = {}): Ban => ({
      client,
      since: 1000,
      reason: 'spam',
      ...changes,
    });

    it('[F-SESS-42] keeps one ban a client, the last one, until it is lifted', async () => {
      const { bans } = stage.store;
      const other = await stage.makeApp('another');
      await bans.put(stage.app, ban('Tom', { until: 9000 }));
      await bans.put(stage.app, ban('Tom', { since: 2000, reason: 'again' }));
      await bans.put(other, ban('Tom'));
      expect(await bans.list(stage.app, 10_000, undefined, 10)).toEqual([
        ban('Tom', { since: 2000, reason: 'again' }),
      ]);
      expect(await bans.lift(stage.app, 'Tom')).toBe(true);
      expect(await bans.lift(stage.app, 'Tom')).toBe(false);
      expect(await bans.loadAll(0)).toEqual([{ ...ban('Tom'), app: other }]);
    });

    it('[F-SESS-42] lists everybody once, whatever ids they have and however long the pages are', async () => {
      const { bans } = stage.store;
      const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
      let apps = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(id, { maxLength: 12 }),
          fc.integer({ min: 1, max: 5 }),
          async (ids, limit) => {
            const app = await stage.makeApp(`bans-${++apps}`);
            await Promise.all(ids.map((client) => bans.put(app, ban(client))));
            const seen: string[] = [];
            for (;;) {
              const page = await bans.list(app, 1000, seen.at(-1), limit);
              seen.push(...page.map(({ client }) => client));
              if (page.length < limit) break;
            }
            expect(seen.toSorted()).toEqual(ids.toSorted());
          },
        ),
        { numRuns: 30 },
      );
    });

    it('[F-SESS-42] lists those in force by id, page by page, and forgets those that are over', async () => {
      const { bans, retention } = stage.store;
      for (const client of ['d', 'b', 'a', 'c']) await bans.put(stage.app, ban(client));
      await bans.put(stage.app, ban('bb', { until: 5000 }));
      const page = async (now: number, after: string | undefined, limit: number) =>
        (await bans.list(stage.app, now, after, limit)).map(({ client }) => client);
      expect(await page(4999, undefined, 3)).toEqual(['a', 'b', 'bb']);
      expect(await page(5000, undefined, 3)).toEqual(['a', 'b', 'c']);
      expect(await page(4999, 'b', 10)).toEqual(['bb', 'c', 'd']);
      expect(await page(4999, 'd', 10)).toEqual([]);
      expect((await bans.loadAll(4999)).length).toBe(5);
      expect((await bans.loadAll(5000)).map(({ client }) => client).sort()).toEqual(['a', 'b', 'c', 'd']);
      expect(await retention.deleteEndedBans(4999, 10)).toBe(0);
      expect(await retention.deleteEndedBans(5000, 10)).toBe(1);
      expect(await page(0, undefined, 10)).toEqual(['a', 'b', 'c', 'd']);
    });
  });
}
