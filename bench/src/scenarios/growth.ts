// Whether a store with millions of messages takes new ones as fast as an empty one.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '@parley/testkit';
import { appendMany, makeConversation, withStore } from '../load/fill-store.ts';

const CONVERSATIONS = 100_000;
const STEP = 1_000_000;
const STEPS = 10;

export async function compareGrowth(): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-growth-'));
  const path = join(folder, 'parley.db');
  const start = Date.now();
  try {
    const rates = await withStore(path, start, async ({ store, app }) => {
      const keys = await Promise.all(
        Array.from({ length: CONVERSATIONS }, (_, n) =>
          makeConversation(store, app, [`a-${n}`, `b-${n}`], start),
        ),
      );
      const measured: number[] = [];
      for (let step = 0; step < STEPS; step++) {
        const since = performance.now();
        await appendMany(store, STEP, () => ({
          conversation: keys[Math.floor(Math.random() * keys.length)] ?? 1,
          now: Date.now(),
        }));
        await untilIndexed(store, app);
        measured.push(STEP / ((performance.now() - since) / 1000));
        process.stderr.write(`message ${(step + 1) * STEP}: ${Math.round(measured.at(-1) ?? 0)} a second\n`);
      }
      return measured;
    });
    const { size } = await stat(path);
    const [first = Number.NaN] = rates;
    return [
      '### ten million messages',
      '',
      `Appended by ${CONVERSATIONS.toLocaleString('en')} conversations in random turns, each on disk before the next of its sender, and each million in the index before the next; 120 characters and a send token. The file has ${(size / 1e9).toFixed(1)} GB at the end.`,
      '',
      '| million | messages/s | of the first |',
      '|---|---|---|',
      ...rates.map(
        (rate, step) =>
          `| ${step + 1} | ${Math.round(rate).toLocaleString('en')} | ${(rate / first).toFixed(2)} |`,
      ),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A store may leave a part of the work for later. Whoever looks at all conversations waits for it. */
async function untilIndexed(store: Store, app: number): Promise<void> {
  await store.conversations.count({ app, condition: { test: 'all', conditions: [] }, budget: 60_000 });
}
