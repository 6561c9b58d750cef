import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../engines/store-memory/index.ts';
import { AppDirectory } from './app-directory.ts';

const CHANGES = [
  { maxMembers: 100 },
  { maxMembers: null },
  { maxMembers: 1 },
  { allowEdit: false },
  { allowRecall: false },
  { signLogin: true, allowEdit: null },
] as const;

describe('the apps of a deployment', () => {
  it('[F-SEC-16] lose no change of settings made at the same time, and write each down with what was before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...CHANGES), { maxLength: 8 }), async (changes) => {
        const store = await openMemoryStore();
        const keys = { id: 'my-app', appKey: 'a', masterKey: 'm' };
        const { app } = await store.apps.create({ ...keys, settings: {}, createdAt: 0 });
        const apps = await AppDirectory.load(store.apps);
        await Promise.allSettled(changes.map((change) => apps.changeSettings('my-app', change)));
        const expected: Record<string, unknown> = {};
        for (const change of changes) {
          // Fewer than two members are refused, which changes nothing and holds up nobody.
          if ('maxMembers' in change && change.maxMembers === 1) continue;
          for (const [name, value] of Object.entries(change)) {
            if (value === null) delete expected[name];
            else expected[name] = value;
          }
        }
        expect((await store.apps.list())[0]?.settings).toEqual(expected);
        const entries = (await store.audit.list({ app: app.key, limit: 100 })).toReversed();
        const replayed: Record<string, unknown> = {};
        for (const { details } of entries) {
          for (const [name, change] of Object.entries(details)) {
            const { from, to } = change as { from: unknown; to: unknown };
            expect(replayed[name] ?? null).toEqual(from);
            if (to === null) delete replayed[name];
            else replayed[name] = to;
          }
        }
        expect(replayed).toEqual(expected);
      }),
    );
  });
});
