import { randomBytes, randomUUID } from 'node:crypto';
import { openSqliteStore, type Store } from '@parley/testkit';
import { APP_ID, MASTER_KEY } from '../servers/start-server.ts';

/** Appends under way at any time: as many as a busy server has. */
const IN_FLIGHT = 2_000;

export interface FillableStore {
  readonly store: Store;
  /** Key of the app that `startParley` serves. */
  readonly app: number;
}

/** Opens a database file with the app of the benchmarks in it, and closes it at the end. */
export async function withStore<Result>(
  path: string,
  now: number,
  work: (filled: FillableStore) => Promise<Result>,
): Promise<Result> {
  const store = await openSqliteStore({
    path,
    onFatal: (error) => {
      throw error;
    },
  });
  try {
    const keys = { id: APP_ID, appKey: 'benchmark-app-key', masterKey: MASTER_KEY };
    const { app } = await store.apps.create({ ...keys, settings: {}, createdAt: now });
    return await work({ store, app: app.key });
  } finally {
    await store.close();
  }
}

/** @returns its key */
export async function makeConversation(
  store: Store,
  app: number,
  members: readonly string[],
  now: number,
  id = randomBytes(12).toString('hex'),
): Promise<number> {
  const draft = { app, id, kind: 'basic', columns: {}, members, unique: false, now } as const;
  return (await store.conversations.create(draft)).conversation.key;
}

/**
 * Appends so many messages of 120 characters, many at a time, each with a send token of its own as SDKs give it.
 * `placeOf` says where and when each goes.
 */
export async function appendMany(
  store: Store,
  count: number,
  placeOf: (n: number) => { readonly conversation: number; readonly now: number },
): Promise<void> {
  const body = 'x'.repeat(120);
  let next = 0;
  async function appendOn(): Promise<void> {
    for (let n = next++; n < count; n = next++) {
      await store.messages.append({
        ...placeOf(n),
        sender: 'somebody',
        body,
        token: randomUUID(),
        receipt: false,
        mentions: [],
        mentionAll: false,
        membersOnly: false,
      });
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, appendOn));
}
