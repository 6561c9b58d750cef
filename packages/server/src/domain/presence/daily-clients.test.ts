import { FakeClock } from '@parley/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DailyClientRepository } from '../ports/daily-clients.ts';
import { DailyClients } from './daily-clients.ts';

/** Writes and counts one after another, as a store does, but each takes as long as it is told to. */
class Repository implements DailyClientRepository {
  readonly kept = new Map<number, Set<string>>();
  /** The apps whose writes fail. */
  readonly failing = new Set<number>();
  turns: () => Promise<void> = async () => {};

  async add(app: number, _day: string, clients: readonly string[]): Promise<void> {
    await this.turns();
    if (this.failing.has(app)) throw new Error('The disk is full.');
    const known = this.kept.get(app) ?? new Set();
    this.kept.set(app, known);
    for (const client of clients) known.add(client);
  }
  async count(app: number): Promise<number> {
    const count = this.kept.get(app)?.size ?? 0;
    await this.turns();
    return count;
  }
  async has(app: number, _day: string, client: string): Promise<boolean> {
    const isKnown = this.kept.get(app)?.has(client) === true;
    await this.turns();
    return isKnown;
  }
  async forget(): Promise<number> {
    return 0;
  }
}

const clock = new FakeClock(1_750_000_000_000);

describe('the clients of today', () => {
  it('[F-SESS-38] are written again later, of every app, where some cannot be written', async () => {
    const repository = new Repository();
    const clients = new DailyClients(repository, clock);
    for (const app of [1, 2, 3]) clients.saw(app, 'Tom', []);
    repository.failing.add(1);
    await expect(clients.save()).rejects.toThrow('could not be written');
    expect([...repository.kept.keys()]).toEqual([2, 3]);
    repository.failing.clear();
    await clients.save();
    expect([...repository.kept.keys()].sort()).toEqual([1, 2, 3]);
  });

  it('[F-SESS-38] are all in a count that comes while they are being written', async () => {
    const repository = new Repository();
    const clients = new DailyClients(repository, clock);
    const waiting: (() => void)[] = [];
    repository.turns = () => new Promise((resolve) => waiting.push(resolve));
    clients.saw(1, 'Tom', []);
    const saving = clients.save();
    const counting = clients.count(1);
    await new Promise((resolve) => setImmediate(resolve));
    repository.turns = async () => {};
    for (const release of waiting) release();
    await saving;
    expect(await counting).toBe(1);
  });

  it('[F-SESS-38] fill an app exactly when so many have come, however writing and counting interleave', async () => {
    const login = fc.record({ client: fc.nat(5).map(String), isLimited: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(login, { maxLength: 12 }), async (scheduler, logins) => {
        const repository = new Repository();
        const clients = new DailyClients(repository, clock);
        // Of before a restart.
        await repository.add(1, '', ['Tom', 'Jerry']);
        repository.turns = () => scheduler.schedule(Promise.resolve());
        const all = [...logins, { client: 'Tom', isLimited: true }];
        const came = all.map(async ({ client, isLimited }) => {
          await repository.turns();
          // The app may have set its limit only today.
          if (isLimited) await clients.prepare(1, client);
          clients.saw(1, client, []);
          await clients.save();
        });
        await scheduler.waitFor(Promise.all(came));
        const seen = new Set(['Jerry', ...all.map(({ client }) => client)]).size;
        expect(clients.isFull(1, 'Spike', seen)).toBe(true);
        expect(clients.isFull(1, 'Spike', seen + 1)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
