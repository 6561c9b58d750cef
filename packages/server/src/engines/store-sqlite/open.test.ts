import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationDraft } from '../../domain/ports/conversations.ts';
import type { MessageDraft } from '../../domain/ports/messages.ts';
import type { Store } from '../../domain/ports/store.ts';
import { DatabaseInUse, DatabaseTooNew, DatabaseUnusable, openSqliteStore } from './index.ts';
import { explain } from './lock.ts';
import { migrate } from './migrations.ts';

const LAST_VERSION_WITH_TOKEN_TEXTS = 14;

let folder: string;
let stores: Store[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-open-'));
  stores = [];
});
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await rm(folder, { recursive: true, force: true });
});

async function open(path = join(folder, 'parley.db')): Promise<Store> {
  const store = await openSqliteStore({
    path,
    onFatal: (error) => {
      throw error;
    },
  });
  stores.push(store);
  return store;
}

const group = (changes: Partial<ConversationDraft> = {}): ConversationDraft => ({
  app: 1,
  id: 'a'.repeat(24),
  kind: 'basic',
  columns: { name: 'kept' },
  members: ['Tom', 'Jerry'],
  unique: true,
  now: 1000,
  ...changes,
});

const message = (conversation: number, changes: Partial<MessageDraft> = {}): MessageDraft => ({
  conversation,
  sender: 'Tom',
  body: 'hello',
  receipt: false,
  mentions: [],
  mentionAll: false,
  membersOnly: true,
  now: 2000,
  ...changes,
});

describe('opening the embedded store', () => {
  it('[F-MSG-04] finds everything as it was left', async () => {
    const first = await open();
    const { conversation } = await first.conversations.create(group());
    const sent = await first.messages.append(message(conversation.key, { token: 'once' }));
    await first.memberStates.markRead(conversation.key, 'Jerry', {}, 3000);
    await first.close();
    const second = await open();
    const [found] = await second.conversations.load(1, [conversation.id], 0);
    expect(found).toMatchObject({ columns: { name: 'kept' }, lastMessageAt: 2000, updatedAt: 2000 });
    expect(await second.memberStates.unread(1, 'Jerry', 0, 9000)).toEqual([]);
    expect(await second.messages.append(message(conversation.key, { token: 'once' }))).toMatchObject({
      state: 'duplicate',
      id: sent.state === 'appended' ? sent.id : undefined,
    });
    expect(await second.messages.append(message(conversation.key))).toMatchObject({
      seq: 2,
      timestamp: 2001,
    });
  });

  it('[F-MSG-04][F-MSG-67] after a crash indexes what the log has and the index has not', async () => {
    const first = await open();
    const { conversation } = await first.conversations.create(group());
    for (let n = 0; n < 40; n++) {
      await first.messages.append(
        message(conversation.key, { body: String(n), token: `t${n}`, now: 2000 + n }),
      );
    }
    await first.close();
    // What a crash a moment after the last commit leaves: the log is written, what follows it late is not.
    const raw = new DatabaseSync(join(folder, 'parley.db'));
    raw.exec(`
      DELETE FROM message_order; DELETE FROM mark;
      UPDATE conversation SET last_seq = 0, last_message_at = NULL, updated_at = 1000;
    `);
    raw.close();

    const second = await open();
    const history = await second.messages.history({
      conversation: conversation.key,
      direction: 'older',
      limit: 100,
    });
    expect(history.map(({ body }) => body)).toEqual(Array.from({ length: 40 }, (_, n) => String(n)));
    const [found] = await second.conversations.load(1, [conversation.id], 0);
    expect(found).toMatchObject({ lastMessageAt: 2039, updatedAt: 2039 });
    expect(await second.messages.append(message(conversation.key, { token: 't7' }))).toMatchObject({
      state: 'duplicate',
      timestamp: 2007,
    });
    expect(await second.messages.append(message(conversation.key, { now: 1 }))).toMatchObject({
      seq: 41,
      timestamp: 2040,
    });
  });

  it('[F-MSG-25] knows the send tokens of an older release', async () => {
    const raw = new DatabaseSync(join(folder, 'parley.db'));
    migrate(raw, LAST_VERSION_WITH_TOKEN_TEXTS);
    raw.exec(`
      INSERT INTO conversation (key, app, id, kind, columns, is_unique, created_at, updated_at, version, last_seq, last_message_at)
        VALUES (1, 1, '${'a'.repeat(24)}', 'basic', '{}', 0, 1000, 2001, 1, 2, 2001);
      INSERT INTO member (app, conversation, client, position, read_to, delivered_to) VALUES (1, 1, 'Tom', 0, 0, 0);
      INSERT INTO message (row, conversation, timestamp, seq, id, sender, body, receipt, mention_all, token) VALUES
        (1, 1, 2000, 1, 'first', 'Tom', '', 0, 0, 'kept'),
        (2, 1, 2001, 2, 'second', 'Tom', '', 0, 0, 'forgotten'),
        (3, 1, 2002, 3, 'third', 'Tom', '', 0, 0, 'not indexed when the process was killed');
      INSERT INTO message_order SELECT conversation, timestamp, sender, row FROM message WHERE row <= 2;
      INSERT INTO message_token SELECT conversation, token, sender, row FROM message WHERE token = 'kept';
      INSERT INTO mark VALUES ('indexed_row', 2);
    `);
    raw.close();
    const store = await open();
    const again = await store.messages.append(message(1, { token: 'kept' }));
    expect(again).toEqual({ state: 'duplicate', id: 'first', timestamp: 2000 });
    const late = { token: 'not indexed when the process was killed' };
    expect(await store.messages.append(message(1, late))).toEqual({
      state: 'duplicate',
      id: 'third',
      timestamp: 2002,
    });
    expect(await store.messages.append(message(1, { token: 'forgotten' }))).toMatchObject({
      state: 'appended',
      seq: 4,
    });
  });

  it('is refused while another process has the data', async () => {
    await open();
    const index = fileURLToPath(new URL('./index.ts', import.meta.url));
    const program = join(folder, 'another-process.mjs');
    await writeFile(
      program,
      `import { openSqliteStore } from ${JSON.stringify(index)};
       openSqliteStore({ path: ${JSON.stringify(join(folder, 'parley.db'))}, onFatal() {} })
         .then(() => console.log('opened'), (error) => console.log(error.name))
         .finally(() => process.exit());`,
    );
    const other = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    other.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    await new Promise((resolve) => other.once('close', resolve));
    expect(output.trim()).toBe('DatabaseInUse');
  });

  it('is refused a second time in one process too, and possible again after closing', async () => {
    const first = await open();
    await expect(open()).rejects.toThrow(DatabaseInUse);
    await first.close();
    await expect(open()).resolves.toBeDefined();
  });

  it('is refused for a database that a newer release wrote, which stays as it is', async () => {
    await (await open()).close();
    const path = join(folder, 'parley.db');
    const raw = new DatabaseSync(path);
    raw.exec('PRAGMA user_version = 4711');
    raw.close();
    await expect(open()).rejects.toThrow(DatabaseTooNew);
    await expect(open()).rejects.toThrow('start the newer release that wrote it');
  });

  it('is refused for what is no database', async () => {
    await writeFile(join(folder, 'parley.db'), 'x'.repeat(5000));
    await expect(open()).rejects.toThrow('is damaged');
    expect((await stat(join(folder, 'parley.db'))).size).toBe(5000);
  });

  // Whoever may do everything is not kept from writing by the rights of a folder.
  it.skipIf(process.getuid?.() === 0)('is refused where nothing can be written', async () => {
    await chmod(folder, 0o500);
    await expect(open()).rejects.toThrow(DatabaseUnusable);
    await chmod(folder, 0o700);
  });

  it('names the disk where that is full', () => {
    const error = Object.assign(new Error('database or disk is full'), { errcode: 13 });
    expect(explain(error, '/srv/parley')).toMatchObject({
      name: 'DiskFull',
      message: expect.stringContaining('The disk that holds /srv/parley is full'),
    });
  });

  it('is refused where there is a file instead of a folder', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(open(join(folder, 'file', 'parley.db'))).rejects.toThrow(DatabaseUnusable);
  });
});

describe('a call that fails', () => {
  it('fails alone: those it shared a transaction with are done', async () => {
    const store = await open();
    const { conversation } = await store.conversations.create(group());
    const wrong = message(conversation.key, { body: {} as never });
    const outcomes = await Promise.allSettled([
      store.messages.append(message(conversation.key, { body: 'first' })),
      store.messages.append(wrong),
      store.messages.append(message(conversation.key, { body: 'third' })),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const history = await store.messages.history({
      conversation: conversation.key,
      direction: 'older',
      limit: 9,
    });
    expect(history.map(({ body, seq }) => [seq, body])).toEqual([
      [1, 'first'],
      [2, 'third'],
    ]);
  });

  it('[F-MSG-25] takes nothing from clean-up that shared its transaction', async () => {
    const store = await open();
    const { conversation } = await store.conversations.create(group());
    for (const token of ['a', 'b']) await store.messages.append(message(conversation.key, { token }));
    const wrong = message(conversation.key, { body: {} as never });
    const [forgotten] = await Promise.allSettled([
      store.retention.forgetSendTokens(9000, 10),
      store.messages.append(wrong),
    ]);
    expect(forgotten).toMatchObject({ value: 2 });
    const [deleted] = await Promise.allSettled([
      store.retention.deleteMessages(1, 9000, 10),
      store.messages.append(wrong),
    ]);
    expect(deleted).toMatchObject({ value: 2 });
  });
});

describe('the searching thread', () => {
  it('[F-MSG-56] serves histories of one type too, one after another with queries', async () => {
    const store = await open();
    const draft = (n: number) => group({ id: `${n}`.padStart(24, '0'), unique: false });
    const { conversation } = await store.conversations.create(draft(0));
    await Promise.all(Array.from({ length: 1000 }, (_, n) => store.conversations.create(draft(n + 1))));
    await store.messages.append(message(conversation.key, { body: '{"_lctype":7}' }));
    const range = { conversation: conversation.key, direction: 'older', limit: 1 } as const;
    // What is not indexed yet is the business of the writing thread.
    expect(await store.messages.history(range)).toHaveLength(1);
    const condition = { test: 'exists', path: ['never'], present: true } as const;
    const answered: string[] = [];
    await Promise.all([
      store.conversations.count({ app: 1, condition, budget: 60_000 }).then(() => answered.push('query')),
      store.messages.history({ ...range, type: 7 }).then(() => answered.push('history')),
    ]);
    expect(answered).toEqual(['query', 'history']);
  });
});
