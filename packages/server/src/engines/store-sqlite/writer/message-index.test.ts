import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { migrate } from '../migrations.ts';
import { Statements } from '../statements.ts';
import { ConversationTails, type Tail } from './conversation-tails.ts';
import { MessageIndex } from './message-index.ts';
import { recover } from './recover.ts';
import { SendTokens } from './send-tokens.ts';

interface Added {
  readonly conversation: number;
  readonly timestamp: number;
  readonly sender: string;
  readonly row: number;
}

/** Conversations there are in {@link openIndex}, from 0. */
const CONVERSATIONS = 10_000;

/** An index in a database of its own, and what was added to it. The log is as long already as `start` says. */
function openIndex({ start = 0 } = {}) {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const sql = new Statements(db);
  sql.run(
    `WITH RECURSIVE n (key) AS (SELECT 0 UNION ALL SELECT key + 1 FROM n WHERE key < ${CONVERSATIONS - 1})
     INSERT INTO conversation (key, app, id, kind, columns, is_unique, created_at, updated_at, version)
       SELECT key, 1, key, 'basic', '{}', 0, 0, 0, 1 FROM n`,
  );
  sql.run("INSERT INTO mark VALUES ('indexed_row', ?)", start);
  const tails = new ConversationTails(sql);
  const index = new MessageIndex(sql, tails);
  let added: readonly Added[] = [];

  function transaction<Result>(work: () => Result, fails = false): Result {
    const before = added;
    db.exec('BEGIN');
    const result = work();
    if (fails) {
      db.exec('ROLLBACK');
      tails.rolledBack();
      index.rolledBack();
      added = before;
    } else {
      db.exec('COMMIT');
      tails.committed();
      index.committed();
    }
    return result;
  }

  function tailOf(conversation: number): Tail {
    const tail = tails.of(conversation);
    if (tail === undefined) throw new Error(`no conversation ${conversation}`);
    return tail;
  }

  return {
    index,
    transaction,
    add(conversation: number): void {
      const tail = tailOf(conversation);
      const row = index.takeRow();
      const message = { row, timestamp: 1000 + row, sender: `sender ${row % 3}` };
      const seq = tail.seq + 1;
      sql.run(
        'INSERT INTO message (row, conversation, timestamp, seq, id, sender, body, receipt, mention_all) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0)',
        row,
        conversation,
        message.timestamp,
        seq,
        `id ${row}`,
        message.sender,
        '',
      );
      index.add(tail, { ...message, seq });
      added = [...added, { conversation, ...message }];
    },
    added: () => added,
    seqOf: (conversation: number) => tailOf(conversation).seq,
    storedSeqs: () =>
      sql.all('SELECT last_seq FROM conversation ORDER BY key LIMIT 7').map((row) => row.last_seq),
    /** As after a crash: an index that has only what the database has. */
    crash: () => {
      const memories = { tails: new ConversationTails(sql), tokens: new SendTokens(sql) };
      const restarted = new MessageIndex(sql, memories.tails);
      recover(sql, { ...memories, index: restarted });
      restarted.settleUpTo(restarted.newestRow, Number.POSITIVE_INFINITY);
    },
    indexed: () =>
      sql.all('SELECT conversation, timestamp, sender, row FROM message_order').map((row) => ({ ...row })),
    /** What a crash may rely on: everything up to this row is indexed. */
    mark: () => Number(sql.get("SELECT value FROM mark WHERE name = 'indexed_row'")?.value ?? 0),
  };
}

const byRow = <Row extends { readonly row?: unknown }>(rows: readonly Row[]) =>
  [...rows].sort((a, b) => Number(a.row) - Number(b.row));

describe('the index of the message log', () => {
  it('gives no row out again that a webhook has come past, also if the newest messages were deleted before a kill', () => {
    const db = new DatabaseSync(':memory:');
    migrate(db);
    const sql = new Statements(db);
    const next = () => new MessageIndex(sql, new ConversationTails(sql)).takeRow();
    expect(next()).toBe(1);
    sql.run("INSERT INTO webhook_position VALUES (1, 'messages', 7), (1, 'events', 4711)");
    expect(next()).toBe(8);
    sql.run(
      "INSERT INTO dead_letter (app, webhook, from_place, to_place, messages, error, at) VALUES (1, 'service-messages', 7, 9, 2, '', 0)",
    );
    expect(next()).toBe(10);
  });

  it('[F-MSG-67] has in the end what was committed, and never promises more than it has, whatever fails in between', () => {
    const fails = fc.nat(7).map((n) => n === 0);
    const adds = fc.array(fc.nat(6), { maxLength: 20, size: 'max' });
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ adds, fails }) },
      { weight: 6, arbitrary: fc.record({ slice: fc.integer({ min: 1, max: 20 }), fails }) },
      { weight: 2, arbitrary: fc.record({ settles: fc.nat(6), adds, fails }) },
    );
    const steps = fc.array(step, { maxLength: 40, size: 'max' });
    // Around the end of the first chunk of what is held in memory.
    const start = fc.integer({ min: 16_000, max: 16_400 });
    fc.assert(
      fc.property(start, steps, (start, steps) => {
        const { index, transaction, added, indexed, ...opened } = openIndex({ start });
        const addAll = (conversations: readonly number[]) => conversations.forEach(opened.add);
        let upTo: number | undefined;
        for (const step of steps) {
          if ('settles' in step) {
            transaction(() => {
              index.settle(step.settles);
              addAll(step.adds);
              index.settle(step.settles);
            }, step.fails);
          } else if ('adds' in step) transaction(() => addAll(step.adds), step.fails);
          else {
            upTo ??= index.newestRow;
            const hasMore = transaction(() => index.settleUpTo(upTo ?? 0, step.slice), step.fails);
            if (!hasMore && !step.fails) upTo = undefined;
          }
          const rows = new Set(indexed().map(({ row }) => row));
          const waiting = added().filter(({ row }) => !rows.has(row));
          expect(waiting).toHaveLength(index.pending);
          for (const { row } of waiting) expect(row).toBeGreaterThan(opened.mark());
          for (let conversation = 0; conversation < 7; conversation++) {
            const sent = added().filter((message) => message.conversation === conversation);
            expect(opened.seqOf(conversation)).toBe(sent.length);
          }
        }
        const seqs = Array.from({ length: 7 }, (_, conversation) => opened.seqOf(conversation));
        if (steps.length % 2 === 0)
          transaction(() => index.settleUpTo(index.newestRow, Number.POSITIVE_INFINITY));
        else opened.crash();
        expect(byRow(indexed())).toEqual(byRow(added()));
        expect(opened.storedSeqs()).toEqual(seqs);
        expect(opened.mark()).toBe(index.newestRow);
      }),
    );
  });

  it('[F-MSG-67] comes to an end in parts, also while more and more is added', () => {
    const { index, transaction, add, added, indexed } = openIndex();
    transaction(() => {
      for (let n = 0; n < 1000; n++) add(n % 100);
    });
    const before = added();
    const upTo = index.newestRow;
    let parts = 0;
    while (transaction(() => index.settleUpTo(upTo, 50))) {
      parts++;
      transaction(() => {
        for (let n = 0; n < 100; n++) add(n);
      });
      expect(parts).toBeLessThan(1000);
    }
    expect(parts).toBeGreaterThan(5);
    const rows = new Set(indexed().map(({ row }) => row));
    expect(before.filter(({ row }) => !rows.has(row))).toEqual([]);
  });

  it('settles some at a time until all is settled that there was at the beginning', () => {
    const { index, transaction, add, indexed } = openIndex();
    transaction(() => {
      for (let n = 0; n < 10_000; n++) add(n);
    });
    let upTo = transaction(() => index.settleSome());
    expect(upTo).toBe(10_000);
    expect(indexed().length).toBeLessThan(5_000);
    while (upTo !== undefined) upTo = transaction(() => index.settleSome(upTo));
    expect(index.pending).toBe(0);
    expect(indexed()).toHaveLength(10_000);
  });
});
