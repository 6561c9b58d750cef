import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { migrate } from '../migrations.ts';
import { Statements } from '../statements.ts';
import { MessageCounters } from './message-counters.ts';
import { MessageIndex } from './message-index.ts';

interface Added {
  readonly conversation: number;
  readonly timestamp: number;
  readonly sender: string;
  readonly row: number;
}

/** An index in a database of its own, and what was added to it. */
function openIndex() {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const sql = new Statements(db);
  const counters = new MessageCounters(sql);
  const index = new MessageIndex(sql, counters);
  let added: Added[] = [];

  function transaction<Result>(work: () => Result, fails = false): Result {
    const before = added;
    db.exec('BEGIN');
    const result = work();
    if (fails) {
      db.exec('ROLLBACK');
      counters.rolledBack();
      index.rolledBack();
      added = before;
    } else {
      db.exec('COMMIT');
      counters.committed();
      index.committed();
    }
    return result;
  }

  return {
    index,
    transaction,
    add(conversation: number, token?: string): void {
      const row = index.takeRow();
      const entry = { row, timestamp: 1000 + row, sender: `sender ${row % 3}` };
      index.add(conversation, { ...entry, id: `id ${row}`, token });
      added = [...added, { conversation, ...entry }];
    },
    added: () => added,
    indexed: () =>
      sql.all('SELECT conversation, timestamp, sender, row FROM message_order').map((row) => ({ ...row })),
    tokens: () => Number(sql.get('SELECT count(*) AS n FROM message_token')?.n),
    /** What a crash may rely on: everything up to this row is indexed. */
    mark: () => Number(sql.get("SELECT value FROM mark WHERE name = 'indexed_row'")?.value ?? 0),
  };
}

const byRow = <Row extends { readonly row?: unknown }>(rows: readonly Row[]) =>
  [...rows].sort((a, b) => Number(a.row) - Number(b.row));

describe('the index of the message log', () => {
  it('[F-MSG-67] has in the end what was committed, and never promises more than it has, whatever fails in between', () => {
    const fails = fc.nat(7).map((n) => n === 0);
    const adds = fc.array(fc.nat(6), { maxLength: 20, size: 'max' });
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ adds, fails }) },
      { weight: 6, arbitrary: fc.record({ slice: fc.integer({ min: 1, max: 20 }), fails }) },
      { weight: 1, arbitrary: fc.record({ settles: fc.nat(6) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        const { index, transaction, add, added, indexed, tokens, mark } = openIndex();
        let upTo: number | undefined;
        for (const step of steps) {
          if ('adds' in step) {
            transaction(() => {
              for (const conversation of step.adds) {
                add(conversation, conversation === 0 ? `token ${index.newestRow}` : undefined);
              }
            }, step.fails);
          } else if ('settles' in step) transaction(() => index.settle(step.settles));
          else {
            upTo ??= index.newestRow;
            const hasMore = transaction(() => index.settleUpTo(upTo ?? 0, step.slice), step.fails);
            if (!hasMore && !step.fails) upTo = undefined;
          }
          const rows = new Set(indexed().map(({ row }) => row));
          const waiting = added().filter(({ row }) => !rows.has(row));
          expect(waiting).toHaveLength(index.pending);
          for (const { row } of waiting) expect(row).toBeGreaterThan(mark());
        }
        transaction(() => index.settleAll());
        expect(byRow(indexed())).toEqual(byRow(added()));
        expect(tokens()).toBe(added().filter(({ conversation }) => conversation === 0).length);
        expect(mark()).toBe(index.newestRow);
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
