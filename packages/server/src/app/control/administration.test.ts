import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../../engines/store-memory/index.ts';
import { AppDirectory } from '../app-directory.ts';
import { type Administered, administer } from './administration.ts';

const author = { via: 'cli', user: 'root' } as const;

/** A server whose clients cannot be sent away. */
async function broken() {
  const store = await openMemoryStore();
  const keys = { id: 'my-app', appKey: 'a', masterKey: 'm' };
  const { app } = await store.apps.create({ ...keys, settings: {}, createdAt: 0 });
  const failing = { ...store, sessionTokens: { raiseEpoch: () => Promise.reject(new Error('disk full')) } };
  const administered = {
    apps: await AppDirectory.load(store.apps),
    world: { store: failing, clock: { now: () => 5 } },
    live: { of: () => [] },
  } as unknown as Administered;
  return { administered, entries: () => store.audit.list({ app: app.key, limit: 10 }) };
}

describe('a command of an operator', () => {
  it('[F-SEC-16] that ends with a fault is in the audit log as such', async () => {
    const { administered, entries } = await broken();
    const kick = administer(administered, { ask: 'kick', client: 'Tom', reason: 'spam' }, author);
    await expect(kick).rejects.toThrow('disk full');
    expect(await entries()).toMatchObject([
      { ...author, at: 5, action: 'client.kick', target: 'Tom', details: { reason: 'spam' }, failed: true },
    ]);
  });

  it('[F-SEC-16] that is refused is not in the audit log', async () => {
    const { administered, entries } = await broken();
    for (const request of [
      { ask: 'kick', client: 'Tom', reason: 'x'.repeat(21) },
      { ask: 'kick', app: 'another', client: 'Tom', reason: '' },
      { ask: 'change-settings', change: { colour: 'red' } },
    ] as const) {
      await expect(administer(administered, request, author)).rejects.toThrow();
    }
    expect(await entries()).toEqual([]);
  });
});
