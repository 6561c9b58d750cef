import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../domain/ports/store.ts';
import { openSqliteStore } from './index.ts';

const APP = 1;
const LATER = 1_000_000;
const CLIENTS = ['Tom', 'Jerry', 'Spike'];

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-hidden-'));
  store = await openSqliteStore({
    path: join(folder, 'parley.db'),
    onFatal: (error) => {
      throw error;
    },
  });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

/** How much is written down about what is hidden. */
function rows(): number {
  const db = new DatabaseSync(join(folder, 'parley.db'), { readOnly: true });
  const found = db.prepare('SELECT count(*) AS n FROM hidden_message').get();
  db.close();
  return Number(found?.n);
}

/** A service that said something to its subscribers that each of them does not see any more, at 1001, 1002 and so on. */
async function hidingService(messages: number) {
  const { conversation: service } = await store.conversations.create({
    app: APP,
    id: 'a'.repeat(24),
    kind: 'service',
    columns: {},
    members: [],
    unique: false,
    now: 500,
  });
  const said: string[] = [];
  for (const client of CLIENTS) await store.services.subscribe(service, client, 600);
  for (let n = 1; n <= messages; n++) {
    const sent = await store.services.sendToSubscribers({
      service,
      sender: 'desk',
      body: String(n),
      receipt: false,
      mentions: [],
      mentionAll: false,
      now: 1000 + n,
    });
    if (sent === undefined) throw new Error('The service is gone.');
    said.push(sent.id);
    for (const client of CLIENTS) {
      const outcome = await store.services.hide(service, client, { ...sent, limit: 100, now: 2000 });
      if (outcome !== 'hidden') throw new Error(outcome);
    }
  }
  return { service, said };
}

describe('what is written down about hidden messages', () => {
  it('goes with the message when that is deleted', async () => {
    const { service, said } = await hidingService(2);
    expect(rows()).toBe(6);
    expect(await store.messages.delete(service.key, said[0] ?? '', {})).toBe('deleted');
    expect(rows()).toBe(3);
  });

  it('stays with a message that is recalled, which nobody is to see again', async () => {
    const { service, said } = await hidingService(1);
    const change = { body: '{}', mentions: [], mentionAll: false, recalled: true, now: 3000 };
    await store.messages.patch({ ...change, conversation: service.key, id: said[0] ?? '' });
    expect(rows()).toBe(3);
    expect(
      await store.messages.history({
        conversation: service.key,
        direction: 'older',
        limit: 10,
        seenBy: 'Tom',
      }),
    ).toEqual([]);
  });

  it('[F-MSG-25] goes with old messages, in batches that count it', async () => {
    const { service } = await hidingService(3);
    const kept = { service, sender: 'desk', body: 'x', receipt: false, mentions: [], mentionAll: false };
    await store.services.sendToSubscribers({ ...kept, now: LATER });
    const batch = () => store.retention.deleteMessages(APP, LATER, 5);
    // A message and three rows are less than a batch, two of these are more.
    expect(await batch()).toBe(8);
    expect(rows()).toBe(3);
    expect([await batch(), await batch()]).toEqual([4, 0]);
    expect(rows()).toBe(0);
    expect(
      await store.messages.history({ conversation: service.key, direction: 'older', limit: 10 }),
    ).toHaveLength(1);
  });

  it('[F-CONV-26] goes with the service, in batches', async () => {
    const { service } = await hidingService(3);
    expect(await store.conversations.delete(service)).toBe(true);
    let calls = 0;
    while ((await store.retention.deleteRemainsOfConversations(4)) > 0) calls++;
    expect(calls).toBeGreaterThan(2);
    while ((await store.retention.deleteRemainsOfServices(4)) > 0);
    expect(rows()).toBe(0);
  });

  it('[F-CONV-26] goes with a service that was silent, in batches', async () => {
    const { service } = await hidingService(3);
    let deleted: readonly string[] = [];
    for (let round = 0; round < 20; round++) {
      const batch = await store.retention.deleteInactiveConversations(APP, LATER, 4);
      deleted = [...deleted, ...batch.deleted];
      if (!batch.hasMore) break;
    }
    expect(deleted).toEqual([service.id]);
    while ((await store.retention.deleteRemainsOfServices(4)) > 0);
    expect(rows()).toBe(0);
  });
});
