import { describe, expect, it } from 'vitest';
import type { AuditDraft, AuditQuery } from '../audit.ts';
import { type Engine, Stage } from '../testing/stage.ts';

const kick = (changes: Partial<AuditDraft> = {}): AuditDraft => ({
  at: 1000,
  action: 'client.kick',
  via: 'rest',
  address: '192.0.2.1',
  target: 'Tom',
  details: { reason: 'spam' },
  ...changes,
});

export function describeAudit(engine: Engine): void {
  describe('the audit log', () => {
    const stage = new Stage(engine);
    const list = (query: Partial<AuditQuery> = {}) =>
      stage.store.audit.list({ app: stage.app, limit: 100, ...query });
    const actions = async (query: Partial<AuditQuery> = {}) =>
      (await list(query)).map(({ action, target }) => `${action} ${target}`);

    it('[F-SEC-16] has what was written, the newest first, each app its own', async () => {
      const other = await stage.makeApp('another');
      await stage.store.audit.add(stage.app, kick());
      await stage.store.audit.add(other, kick({ target: 'Spike' }));
      const bare: AuditDraft = {
        at: 900,
        action: 'app.create',
        via: 'cli',
        user: 'root',
        details: {},
        failed: true,
      };
      await stage.store.audit.add(stage.app, bare);
      const [newest, oldest, ...rest] = await list();
      expect(newest).toEqual({ ...bare, id: expect.any(Number) });
      expect(oldest).toEqual({ ...kick(), id: expect.any(Number) });
      expect(newest?.id).toBeGreaterThan(oldest?.id ?? Infinity);
      expect(rest).toEqual([]);
    });

    it('[F-SEC-16] is found by time, action and target, and in pages', async () => {
      for (const [at, target] of [
        [1000, 'Tom'],
        [2000, 'Jerry'],
        [3000, 'Tom'],
      ] as const) {
        await stage.store.audit.add(stage.app, kick({ at, target }));
        await stage.store.audit.add(stage.app, kick({ at, target, action: 'client.free' }));
      }
      expect(await actions({ since: 2000, until: 3000 })).toEqual(['client.free Jerry', 'client.kick Jerry']);
      expect(await actions({ action: 'client.kick' })).toEqual([
        'client.kick Tom',
        'client.kick Jerry',
        'client.kick Tom',
      ]);
      expect(await actions({ target: 'Tom', action: 'client.free' })).toEqual([
        'client.free Tom',
        'client.free Tom',
      ]);
      const paged: string[] = [];
      let before: number | undefined;
      do {
        const page = await list({ limit: 4, ...(before !== undefined && { before }) });
        paged.push(...page.map(({ action, target }) => `${action} ${target}`));
        before = page.length < 4 ? undefined : page.at(-1)?.id;
      } while (before !== undefined);
      expect(paged).toEqual(await actions());
    });

    it('[F-SEC-16] is written with the change of an app, and not without one', async () => {
      const { apps } = stage.store;
      await apps.update(stage.app, { appKey: 'new' }, kick({ action: 'app.rotate-key' }));
      await apps.update(stage.app + 100, { appKey: 'new' }, kick({ action: 'app.rotate-key' }));
      const draft = { id: 'fresh', appKey: 'k', masterKey: 'm', settings: {}, createdAt: 1 };
      const { app } = await apps.create(draft, kick({ action: 'app.create' }));
      await apps.create(draft, kick({ action: 'app.create' }));
      expect(await actions()).toEqual(['app.rotate-key Tom']);
      expect(await actions({ app: app.key })).toEqual(['app.create Tom']);
      expect(await actions({ app: stage.app + 100 })).toEqual([]);
    });

    it('[F-SEC-16] loses what is old, a batch at a time', async () => {
      for (let at = 1; at <= 5; at++) await stage.store.audit.add(stage.app, kick({ at }));
      const { retention } = stage.store;
      expect(await retention.deleteAuditEntries(stage.app, 5, 3)).toBe(3);
      expect(await retention.deleteAuditEntries(stage.app, 5, 3)).toBe(1);
      expect(await retention.deleteAuditEntries(stage.app, 5, 3)).toBe(0);
      expect((await list()).map(({ at }) => at)).toEqual([5]);
    });
  });
}
