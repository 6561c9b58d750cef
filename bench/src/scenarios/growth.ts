// Whether a store with millions of messages takes new ones as fast as an empty one.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appendMany, type FillableStore, makeConversation, withStore } from '../load/fill-store.ts';

const CONVERSATIONS = 100_000;
const STEP = 1_000_000;
const STEPS = 10;
/** Messages that go into an empty store before the ones that are timed: its code has to be compiled first. */
const WARM_UP = 100_000;

/** Messages a second. */
interface Turn {
  readonly growing: number;
  /** Of a million in a store that was empty, just before. */
  readonly empty: number;
}

export async function compareGrowth(): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-growth-'));
  const path = join(folder, 'parley.db');
  const start = Date.now();
  try {
    const turns = await withStore(path, start, async (filled) => {
      const keys = await makeConversations(filled, start);
      const measured: Turn[] = [];
      for (let step = 1; step <= STEPS; step++) {
        const empty = await inEmptyStore(folder, start);
        const growing = await appendStep(filled, keys);
        measured.push({ growing, empty });
        process.stderr.write(
          `million ${step}: ${Math.round(growing)} a second, empty ${Math.round(empty)}\n`,
        );
      }
      return measured;
    });
    const { size } = await stat(path);
    return [
      '### ten million messages',
      '',
      `Appended by ${CONVERSATIONS.toLocaleString('en')} conversations in random turns, each on disk before the next of its sender, and each million in the index before the next; 120 characters and a send token. Before each million of the store that grows, a million goes into an empty one (after ${WARM_UP.toLocaleString('en')} that are not timed), because the machine itself is faster at one time than at another. The file has ${(size / 1e9).toFixed(1)} GB at the end.`,
      '',
      '| million | messages/s | into an empty store | ratio |',
      '|---|---|---|---|',
      ...turns.map(
        ({ growing, empty }, step) =>
          `| ${[step + 1, rounded(growing), rounded(empty), (growing / empty).toFixed(2)].join(' | ')} |`,
      ),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function inEmptyStore(folder: string, start: number): Promise<number> {
  const own = await mkdtemp(join(folder, 'empty-'));
  try {
    return await withStore(join(own, 'parley.db'), start, async (filled) => {
      const keys = await makeConversations(filled, start);
      await appendIndexed(filled, keys, WARM_UP);
      return appendStep(filled, keys);
    });
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

function makeConversations({ store, app }: FillableStore, start: number): Promise<readonly number[]> {
  return Promise.all(
    Array.from({ length: CONVERSATIONS }, (_, n) =>
      makeConversation(store, app, [`a-${n}`, `b-${n}`], start),
    ),
  );
}

/** @returns messages a second */
async function appendStep(filled: FillableStore, keys: readonly number[]): Promise<number> {
  const since = performance.now();
  await appendIndexed(filled, keys, STEP);
  return STEP / ((performance.now() - since) / 1000);
}

async function appendIndexed(
  { store, app }: FillableStore,
  keys: readonly number[],
  count: number,
): Promise<void> {
  await appendMany(store, count, () => ({
    conversation: keys[Math.floor(Math.random() * keys.length)] ?? 1,
    now: Date.now(),
  }));
  // A store may leave a part of the work for later. Whoever looks at all conversations waits for it.
  await store.conversations.count({ app, condition: { test: 'all', conditions: [] }, budget: 60_000 });
}

function rounded(rate: number): string {
  return Math.round(rate).toLocaleString('en');
}
