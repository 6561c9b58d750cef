import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { migrate } from '../migrations.ts';
import { Statements } from '../statements.ts';
import { tokenHash } from '../token-hash.ts';
import { ConversationTails } from './conversation-tails.ts';
import { MessageIndex } from './message-index.ts';
import { recover } from './recover.ts';
import { SendTokens } from './send-tokens.ts';

interface Sending {
  readonly conversation: number;
  readonly sender: string;
  readonly token?: string;
}

/** The first two have the same hash for the same sender in the same conversation. */
const TOKENS = ['plumless', 'buckeroo', 'once', 'twice'];
const ROWS_OF_RUN = 6;

/** Tokens in a database of their own, with what they should know beside them. */
function openTokens({ start = 0 } = {}) {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const sql = new Statements(db);
  sql.run("INSERT INTO mark VALUES ('token_row', ?)", start);
  let tokens = new SendTokens(sql, ROWS_OF_RUN);
  let row = start;
  let sent: readonly (Sending & { readonly row: number })[] = [];
  let forgottenBefore = 0;

  function transaction(work: () => void, fails: boolean): void {
    const before = { row, sent, forgottenBefore };
    db.exec('BEGIN');
    work();
    if (!fails) {
      db.exec('COMMIT');
      tokens.committed();
      return;
    }
    db.exec('ROLLBACK');
    tokens.rolledBack();
    ({ row, sent, forgottenBefore } = before);
  }

  /** Times are rows. */
  function expected({ conversation, sender, token }: Sending): string | undefined {
    const found = sent.find(
      (message) =>
        message.conversation === conversation &&
        message.sender === sender &&
        message.token === token &&
        message.row >= forgottenBefore,
    );
    return found && `id ${found.row}`;
  }

  const find = ({ conversation, sender, token = '' }: Sending) =>
    tokens.find(conversation, sender, token)?.id;

  return {
    transaction,
    find,
    expected,
    send(message: Sending): void {
      const isKnown = message.token !== undefined && find(message) !== undefined;
      const { token, ...rest } = message;
      const told: Sending = isKnown || token === undefined ? rest : { ...rest, token };
      row++;
      sql.run(
        'INSERT INTO message (row, conversation, timestamp, seq, id, sender, body, receipt, mention_all, token) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?)',
        row,
        told.conversation,
        row,
        row,
        `id ${row}`,
        told.sender,
        '',
        told.token ?? null,
      );
      tokens.add(row, { ...told, timestamp: row });
      sent = [...sent, { ...told, row }];
    },
    writeSome: (limit: number) => tokens.writeSome(limit),
    forget(share: number, limit: number): number {
      const before = start + Math.round((row - start) * share);
      forgottenBefore = Math.max(forgottenBefore, before);
      return tokens.forget(before, limit);
    },
    /** As after a crash or a stop; what was forgotten is forgotten again by the next who asks. */
    reopen(): void {
      const tails = new ConversationTails(sql);
      tokens = new SendTokens(sql, ROWS_OF_RUN);
      recover(sql, { tails, index: new MessageIndex(sql, tails), tokens });
      tokens.forget(forgottenBefore, 1);
    },
    rows: (table: 'send_token' | 'token_run') => Number(sql.get(`SELECT count(*) AS n FROM ${table}`)?.n),
    newestRow: () => row,
  };
}

const conversation = fc.nat(1);
const sender = fc.constantFrom('Tom', 'Jerry');
const sending = fc.record(
  { conversation, sender, token: fc.constantFrom(...TOKENS) },
  { requiredKeys: ['conversation', 'sender'] },
);

describe('send tokens', () => {
  it('has two tokens of one hash, or the tests would show less', () => {
    expect(tokenHash(1, 'Tom', 'plumless')).toBe(tokenHash(1, 'Tom', 'buckeroo'));
    expect(tokenHash(1, 'Tom', 'plumless')).not.toBe(tokenHash(2, 'Tom', 'plumless'));
  });

  it('[F-MSG-25] are known until they are forgotten, wherever they are kept, whatever fails and whenever it is opened again', () => {
    const fails = fc.nat(5).map((n) => n === 0);
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ sends: fc.array(sending, { maxLength: 8 }), fails }) },
      { weight: 4, arbitrary: fc.record({ writes: fc.integer({ min: 1, max: 5 }), fails }) },
      {
        weight: 1,
        arbitrary: fc.record({
          forgets: fc.double({ min: 0, max: 1, noNaN: true }),
          limit: fc.integer({ min: 1, max: 9 }),
          fails,
        }),
      },
      { weight: 1, arbitrary: fc.constant('reopen' as const) },
    );
    // Around the end of the first chunk of what is held in memory.
    const start = fc.constantFrom(0, 16_370, 16_383, 16_384);
    fc.assert(
      fc.property(start, fc.array(step, { maxLength: 40, size: 'max' }), (start, steps) => {
        const opened = openTokens({ start });
        for (const step of steps) {
          if (step === 'reopen') opened.transaction(opened.reopen, false);
          else if ('sends' in step) opened.transaction(() => step.sends.forEach(opened.send), step.fails);
          else if ('writes' in step) opened.transaction(() => opened.writeSome(step.writes), step.fails);
          else opened.transaction(() => opened.forget(step.forgets, step.limit), step.fails);
          for (const conversation of [0, 1]) {
            for (const sender of ['Tom', 'Jerry']) {
              for (const token of TOKENS) {
                const wanted = { conversation, sender, token };
                expect(opened.find(wanted)).toBe(opened.expected(wanted));
              }
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('[F-MSG-25] take no space once they are forgotten', () => {
    const opened = openTokens();
    opened.transaction(() => {
      for (let n = 0; n < 40; n++) opened.send({ conversation: n, sender: 'Tom', token: 'once' });
    }, false);
    let hasMore = true;
    while (hasMore) opened.transaction(() => (hasMore = opened.writeSome(7)), false);
    expect(opened.rows('send_token')).toBeGreaterThan(30);
    let deleted = 0;
    do opened.transaction(() => (deleted = opened.forget(1, 7)), false);
    while (deleted > 0);
    // Of the newest message, which is not older.
    expect(opened.rows('send_token')).toBeLessThan(ROWS_OF_RUN * 7);
    opened.transaction(() => opened.send({ conversation: 0, sender: 'Tom', token: 'later' }), false);
    do opened.transaction(() => (deleted = opened.forget(1, 7)), false);
    while (deleted > 0);
    expect([opened.rows('send_token'), opened.rows('token_run')]).toEqual([0, 0]);
    expect(opened.find({ conversation: 0, sender: 'Tom', token: 'later' })).toBe('id 41');
  });
});
