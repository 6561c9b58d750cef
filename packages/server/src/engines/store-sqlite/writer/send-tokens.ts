import type { ClientId, ConversationKey, MessageId, Milliseconds } from '../../../domain/identifiers.ts';
import type { Statements } from '../statements.ts';
import { tokenHash } from '../token-hash.ts';
import { insertSeveral, putRows } from './insert-several.ts';
import { RecentTokens } from './recent-tokens.ts';
import { mark, noMarks, TokenFilters } from './token-filters.ts';

/** Rows of the log after which their tokens are written out. */
const ROWS_OF_RUN = 500_000;
/** What the rows of a run fit in beside a hash, so that one number sorts both: 32 + 20 bits. */
const MOST_ROWS_OF_RUN = 2 ** 20;
/** Messages that are compared at most. Nobody has as many of one hash but who looks for them. */
const MOST_COMPARED = 8;
/** Rows of the log that are looked at for each that one call may forget. */
const LOOKS_PER_DELETION = 20;
const INSERT = insertSeveral('INSERT', 'send_token', 2);

/** The message that was sent with a token. */
export interface Sent {
  readonly id: MessageId;
  readonly timestamp: Milliseconds;
}

/** Tokens of neighbouring rows, sorted by their hashes, that are in the database. */
interface Run {
  /** The last of its rows, which also names it. */
  readonly row: number;
  readonly newestAt: Milliseconds;
}

/** A run that is being written. */
interface Writing {
  readonly run: Run;
  /** The row before its first. */
  readonly since: number;
  readonly marks: Uint8Array;
  /** Hash and row of each in one number, in order; see {@link join}. */
  readonly sorted: Float64Array;
}

/** What a transaction may change. */
interface State {
  readonly newestRow: number;
  readonly runs: readonly Run[];
  readonly writing: Writing | undefined;
  readonly written: number;
  readonly writtenTo: number;
  readonly newestAt: Milliseconds;
  readonly forgottenBefore: Milliseconds;
}

/**
 * Knows which messages were sent with which token (`semantics §4.5`, D-08): what clients send again after they lost the
 * answer must not be there twice.
 *
 * Clients give every message a token, so this is on the hot path, and nearly always the answer is no. In one large index
 * by token each message would read a page to learn that, and change one, and the more there are the less often it would
 * be one at hand. Here the newest half a million are in memory. When it is full, what it has is written at the end of
 * `send_token`, in order, as a run that never changes and is dropped as a whole when its time is over; a filter in
 * memory says which runs need no look.
 */
export class SendTokens {
  readonly #sql: Statements;
  readonly #recent = new RecentTokens();
  readonly #filters = new TokenFilters<Run>();
  #runs: readonly Run[];
  #writing: Writing | undefined;
  /** How much of what is being written is. */
  #written = 0;
  /** The last row whose token is in a run. */
  #writtenTo: number;
  #newestAt: Milliseconds = 0;
  /** What is older is as if it were not there. */
  #forgottenBefore: Milliseconds = 0;
  /** As it was before the current transaction, to go back to if it fails. */
  #before: State;
  readonly #rowsOfRun: number;

  /** The messages after {@link writtenTo} are to be added again. */
  constructor(sql: Statements, rowsOfRun = ROWS_OF_RUN) {
    this.#sql = sql;
    this.#rowsOfRun = rowsOfRun;
    this.#writtenTo = Number(sql.get("SELECT value FROM mark WHERE name = 'token_row'")?.value ?? 0);
    const runs = sql.all('SELECT row, newest_at AS newestAt FROM token_run');
    this.#runs = runs.map(({ row, newestAt }) => ({ row: Number(row), newestAt: Number(newestAt) }));
    for (const run of this.#runs) this.#filters.add(run, this.#marksOf(run));
    // A run of which a part was written.
    sql.run('DELETE FROM send_token WHERE run > ?', this.#writtenTo);
    this.#before = this.#state();
  }

  /** The last row whose token is in the database. */
  get writtenTo(): number {
    return this.#writtenTo;
  }

  /** Takes in a message that was added to the log, with a token or without. */
  add(
    row: number,
    message: {
      readonly conversation: ConversationKey;
      readonly sender: ClientId;
      readonly token?: string;
      readonly timestamp: Milliseconds;
    },
  ): void {
    const { conversation, sender, token, timestamp } = message;
    this.#recent.add(row, token === undefined ? 0 : tokenHash(conversation, sender, token));
    this.#newestAt = Math.max(this.#newestAt, timestamp);
  }

  /** The message of a conversation that its sender sent with a token, if there is one. */
  find(conversation: ConversationKey, sender: ClientId, token: string): Sent | undefined {
    const hash = tokenHash(conversation, sender, token);
    for (const row of this.#rowsOf(hash)) {
      const found = this.#sql.get(
        'SELECT id, timestamp FROM message WHERE row = ? AND conversation = ? AND sender = ? AND token = ? AND timestamp >= ?',
        row,
        conversation,
        sender,
        token,
        this.#forgottenBefore,
      );
      if (found !== undefined) return { id: found.id as string, timestamp: Number(found.timestamp) };
    }
    return undefined;
  }

  /** Whether there is enough in memory to be written. */
  get isDue(): boolean {
    return this.#writing !== undefined || this.#recent.newestRow - this.#writtenTo >= this.#rowsOfRun;
  }

  /**
   * Writes about `limit` tokens, if it is time for that.
   *
   * @returns whether there is more to write
   */
  writeSome(limit: number): boolean {
    if (!this.isDue) return false;
    this.#writing ??= this.#newRun();
    const { run, since, marks, sorted } = this.#writing;
    const part = sorted.subarray(this.#written, this.#written + limit);
    const values: number[] = [];
    for (const joined of part) {
      const { hash, row } = split(joined, since);
      mark(marks, hash);
      values.push(hash, row);
    }
    putRows(this.#sql, INSERT, run.row, values);
    this.#written += part.length;
    if (this.#written < sorted.length) return true;
    this.#finish(this.#writing);
    return this.isDue;
  }

  /**
   * From now on there is no token of a message older than this.
   *
   * @returns how many were deleted, `limit` at most; there may be more where it is that many
   */
  forget(before: Milliseconds, limit: number): number {
    this.#forgottenBefore = Math.max(this.#forgottenBefore, before);
    const over = this.#runs.find(({ newestAt }) => newestAt < before);
    if (over === undefined) return this.#skip(before, limit);
    const deleted = this.#sql.run(
      `DELETE FROM send_token WHERE run = ?1
          AND (hash, row) IN (SELECT hash, row FROM send_token WHERE run = ?1 ORDER BY hash, row LIMIT ?2)`,
      over.row,
      limit,
    );
    if (deleted < limit) {
      this.#sql.run('DELETE FROM token_run WHERE row = ?', over.row);
      this.#runs = this.#runs.filter((run) => run !== over);
    }
    return deleted;
  }

  /** What is forgotten before it was written never will be, nor read when the store is opened. */
  #skip(before: Milliseconds, limit: number): number {
    let skipped = 0;
    let skippedTo = this.#writtenTo;
    const rows = this.#sql.iterate(
      'SELECT row, timestamp FROM message WHERE row > ? ORDER BY row LIMIT ?',
      this.#writtenTo,
      limit * LOOKS_PER_DELETION,
    );
    for (const { row, timestamp } of rows) {
      if (Number(timestamp) >= before) break;
      skippedTo = Number(row);
      skipped++;
    }
    if (skipped > 0) this.#setWrittenTo(skippedTo);
    return Math.min(skipped, limit);
  }

  committed(): void {
    this.#recent.dropTo(this.#writtenTo);
    if (this.#runs !== this.#before.runs) this.#changeFilters(this.#before.runs);
    this.#before = this.#state();
  }

  rolledBack(): void {
    const { newestRow, runs, writing, written, writtenTo, newestAt, forgottenBefore } = this.#before;
    this.#recent.takeBackTo(newestRow);
    this.#runs = runs;
    this.#writing = writing;
    this.#written = written;
    this.#writtenTo = writtenTo;
    this.#newestAt = newestAt;
    this.#forgottenBefore = forgottenBefore;
  }

  #state(): State {
    return {
      newestRow: this.#recent.newestRow,
      runs: this.#runs,
      writing: this.#writing,
      written: this.#written,
      writtenTo: this.#writtenTo,
      newestAt: this.#newestAt,
      forgottenBefore: this.#forgottenBefore,
    };
  }

  /** Not before the commit: until then memory has what is in a new run, and what is in an old one is forgotten anyway. */
  #changeFilters(before: readonly Run[]): void {
    for (const run of before) if (!this.#runs.includes(run)) this.#filters.remove(run);
    for (const run of this.#runs) if (!before.includes(run)) this.#filters.add(run, this.#marksOf(run));
  }

  #rowsOf(hash: number): readonly number[] {
    const rows = this.#recent.rowsOf(hash, MOST_COMPARED);
    for (const run of this.#filters.runsWith(hash)) {
      const found = this.#sql.all(
        `SELECT row FROM send_token WHERE run = ? AND hash = ? ORDER BY row DESC LIMIT ${MOST_COMPARED}`,
        run.row,
        hash,
      );
      for (const { row } of found) rows.push(Number(row));
    }
    return rows;
  }

  #marksOf(run: Run): Uint8Array {
    const kept = this.#sql.get('SELECT filter FROM token_run WHERE row = ?', run.row)?.filter;
    if (kept instanceof Uint8Array) return kept;
    // An older release had none.
    const marks = noMarks();
    const rows = this.#sql.iterate('SELECT hash FROM send_token WHERE run = ?', run.row);
    for (const { hash } of rows) mark(marks, Number(hash));
    this.#sql.run('UPDATE token_run SET filter = ? WHERE row = ?', marks, run.row);
    return marks;
  }

  #newRun(): Writing {
    const since = this.#writtenTo;
    const last = Math.min(this.#recent.newestRow, since + MOST_ROWS_OF_RUN - 1);
    const joined: number[] = [];
    for (let row = since + 1; row <= last; row++) {
      const hash = this.#recent.has(row) ? this.#recent.hashOf(row) : 0;
      if (hash !== 0) joined.push(join(hash, row, since));
    }
    this.#written = 0;
    return {
      run: { row: last, newestAt: this.#newestAt },
      since,
      marks: noMarks(),
      sorted: Float64Array.from(joined).sort(),
    };
  }

  #finish({ run, marks, sorted }: Writing): void {
    if (sorted.length > 0) {
      this.#sql.run('INSERT INTO token_run VALUES (?, ?, ?)', run.row, run.newestAt, marks);
      this.#runs = [...this.#runs, run];
    }
    this.#setWrittenTo(run.row);
    this.#writing = undefined;
  }

  #setWrittenTo(row: number): void {
    this.#sql.run(
      "INSERT INTO mark VALUES ('token_row', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1",
      row,
    );
    this.#writtenTo = row;
  }
}

/** Hash and row in one number, in whose order they are written. */
function join(hash: number, row: number, since: number): number {
  return hash * MOST_ROWS_OF_RUN + (row - since);
}

function split(joined: number, since: number): { readonly hash: number; readonly row: number } {
  return { hash: Math.floor(joined / MOST_ROWS_OF_RUN), row: since + (joined % MOST_ROWS_OF_RUN) };
}
