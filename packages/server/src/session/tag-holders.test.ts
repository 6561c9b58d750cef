import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../domain/ports/store.ts';
import type { TagHolder, TagHolderRepository } from '../domain/ports/tag-holders.ts';
import { openMemoryStore } from '../engines/store-memory/index.ts';
import { namelessDevice, TagHolders } from './tag-holders.ts';

let store: Store;
let writes: string[];
let failures: unknown[];
/** What the store says to a write, if it fails. */
let fault: Error | undefined;
beforeEach(async () => {
  store = await openMemoryStore();
  writes = [];
  failures = [];
  fault = undefined;
});

/** The store, seen from what is asked of it. */
function watched(): TagHolderRepository {
  const write = (what: 'put' | 'remove') => async (holder: TagHolder) => {
    writes.push(`${what} ${holder.client} ${holder.device}`);
    if (fault !== undefined) throw fault;
    await store.tagHolders[what](holder);
  };
  return { ...store.tagHolders, put: write('put'), remove: write('remove') };
}

const start = (max?: number) => TagHolders.load(watched(), (error) => failures.push(error), max);
const nameless = namelessDevice({ id: '1' } as Parameters<typeof namelessDevice>[0]);

describe('the device that holds a tag', () => {
  it('[F-SESS-21] is known to the server that is started next, also of which of several', async () => {
    const before = await start();
    before.remember(1, 'Tom', 'Mobile', 'A');
    before.remember(1, 'Tom', 'Mobile', 'B');
    before.remember(1, 'Tom', 'Web', 'C');
    before.remember(2, 'Tom', 'Mobile', 'D');
    const after = await start();
    expect(after.deviceOf(1, 'Tom', 'Mobile')).toBe('B');
    expect(after.deviceOf(1, 'Tom', 'Web')).toBe('C');
    expect(after.deviceOf(2, 'Tom', 'Mobile')).toBe('D');
    expect(after.deviceOf(1, 'Jerry', 'Mobile')).toBeUndefined();
  });

  it('[F-SESS-23] is written when it changes, not when it comes again', async () => {
    const holders = await start();
    for (const device of ['A', 'A', 'B', 'B', 'A']) holders.remember(1, 'Tom', 'Mobile', device);
    const after = await start();
    after.remember(1, 'Tom', 'Mobile', 'A');
    expect(writes).toEqual(['put Tom A', 'put Tom B', 'put Tom A']);
  });

  it('[F-SESS-21] is forgotten, here and in the store, when it leaves, but not when another does', async () => {
    const holders = await start();
    holders.remember(1, 'Tom', 'Mobile', 'B');
    holders.forget(1, 'Tom', 'Mobile', 'A');
    expect(holders.deviceOf(1, 'Tom', 'Mobile')).toBe('B');
    expect((await start()).deviceOf(1, 'Tom', 'Mobile')).toBe('B');
    holders.forget(1, 'Tom', 'Mobile', 'B');
    expect(holders.deviceOf(1, 'Tom', 'Mobile')).toBeUndefined();
    expect(await store.tagHolders.newest(10)).toEqual([]);
  });

  it('[F-SESS-21] is remembered while the server runs, but not kept, where it has no name', async () => {
    const holders = await start();
    holders.remember(1, 'Tom', 'Mobile', nameless);
    expect(holders.deviceOf(1, 'Tom', 'Mobile')).toBe(nameless);
    holders.forget(1, 'Tom', 'Mobile', nameless);
    expect(writes).toEqual([]);
    holders.remember(1, 'Tom', 'Mobile', 'A');
    holders.remember(1, 'Tom', 'Mobile', nameless);
    // Whoever it took the place of holds the tag no more.
    expect((await start()).deviceOf(1, 'Tom', 'Mobile')).toBeUndefined();
  });

  it('[F-SESS-21] is remembered of so many that there is a bound, in the store as well', async () => {
    const holders = await start(3);
    for (const client of ['a', 'b', 'c', 'd', 'e']) holders.remember(1, client, 'Mobile', 'phone');
    expect(holders.deviceOf(1, 'b', 'Mobile')).toBeUndefined();
    expect(holders.deviceOf(1, 'c', 'Mobile')).toBe('phone');
    // It is still in the store, and its logout is to count.
    holders.forget(1, 'b', 'Mobile', 'phone');
    const clients = async () => (await store.tagHolders.newest(10)).map(({ client }) => client);
    expect(await clients()).toEqual(['a', 'c', 'd', 'e']);
    expect(await holders.forgetOldest(1)).toBe(true);
    expect(await holders.forgetOldest(1)).toBe(false);
    expect(await clients()).toEqual(['c', 'd', 'e']);
    const after = await start(2);
    expect(after.deviceOf(1, 'c', 'Mobile')).toBeUndefined();
    after.remember(1, 'f', 'Mobile', 'phone');
    // Of those that were loaded, the oldest had to go.
    expect(after.deviceOf(1, 'd', 'Mobile')).toBeUndefined();
    expect(after.deviceOf(1, 'e', 'Mobile')).toBe('phone');
  });

  it('is written at its next login where the store failed, which is told and ends nothing', async () => {
    const holders = await start();
    fault = new Error('The disk is full.');
    holders.remember(1, 'Tom', 'Mobile', 'A');
    await expect.poll(() => failures, { timeout: 20_000 }).toEqual([fault]);
    holders.forget(1, 'Jerry', 'Mobile', 'B');
    await expect.poll(() => failures, { timeout: 20_000 }).toEqual([fault, fault]);
    fault = undefined;
    holders.remember(1, 'Tom', 'Mobile', 'A');
    expect((await start()).deviceOf(1, 'Tom', 'Mobile')).toBe('A');
  });

  it('[F-SESS-21] is after any logins and logouts the same for a server that goes on and one that is started next', async () => {
    const clients = ['Tom', 'Jerry'];
    const step = fc.record({
      does: fc.constantFrom('remember' as const, 'forget' as const),
      client: fc.constantFrom(...clients),
      device: fc.constantFrom('A', 'B', nameless),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        store = await openMemoryStore();
        const holders = await start();
        for (const { does, client, device } of steps) holders[does](1, client, 'Mobile', device);
        const after = await start();
        for (const client of clients) {
          const holder = holders.deviceOf(1, client, 'Mobile');
          expect(after.deviceOf(1, client, 'Mobile')).toBe(holder === nameless ? undefined : holder);
        }
      }),
    );
  });
});
