import type { ConversationKey, Milliseconds } from '../../../domain/identifiers.ts';
import type { Statements } from '../statements.ts';

export interface Counter {
  /** Of the newest message ever, also if retention has deleted it. */
  readonly seq: number;
  readonly timestamp: Milliseconds;
}

/** Conversations whose counters are held in memory; the others are read again when they are needed. */
const MAX_HELD = 200_000;

/**
 * The last sequence number and time of each conversation. Assigning them is the hot path, so the conversation's row
 * follows late, in {@link flush}. Nothing is lost with the memory: the message log itself says what the row does
 * not, and {@link repair} reads it after a crash.
 */
export class MessageCounters {
  readonly #sql: Statements;
  readonly #held = new Map<ConversationKey, Counter>();
  readonly #dirty = new Set<ConversationKey>();
  /** Counters as they were before the current transaction, to go back to if it fails. */
  readonly #before = new Map<ConversationKey, Counter>();
  #nextRow: number;
  #nextRowBefore: number;

  constructor(sql: Statements) {
    this.#sql = sql;
    const flushed = this.#mark('flushed_row');
    const newest = Number(sql.get('SELECT max(row) AS row FROM message')?.row ?? 0);
    // Rows are never reused, or a repair could take a new message for one that was flushed.
    this.#nextRow = Math.max(flushed, newest) + 1;
    this.#nextRowBefore = this.#nextRow;
  }

  get isDirty(): boolean {
    return this.#dirty.size > 0;
  }

  takeRow(): number {
    return this.#nextRow++;
  }

  /** `undefined` where there is no such conversation. */
  of(conversation: ConversationKey): Counter | undefined {
    const held = this.#held.get(conversation);
    if (held !== undefined) return held;
    const row = this.#sql.get(
      'SELECT last_seq, last_message_at FROM conversation WHERE key = ?',
      conversation,
    );
    if (row === undefined) return undefined;
    const newest = this.#sql.get(
      'SELECT seq, timestamp FROM message WHERE conversation = ? ORDER BY timestamp DESC LIMIT 1',
      conversation,
    );
    const counter = {
      seq: Math.max(Number(row.last_seq), Number(newest?.seq ?? 0)),
      timestamp: Math.max(Number(row.last_message_at ?? 0), Number(newest?.timestamp ?? 0)),
    };
    this.#hold(conversation, counter);
    return counter;
  }

  advance(conversation: ConversationKey, from: Counter, to: Counter): void {
    if (!this.#before.has(conversation)) this.#before.set(conversation, from);
    this.#held.set(conversation, to);
    this.#dirty.add(conversation);
  }

  forget(conversation: ConversationKey): void {
    this.#held.delete(conversation);
    this.#dirty.delete(conversation);
  }

  committed(): void {
    this.#before.clear();
    this.#nextRowBefore = this.#nextRow;
  }

  rolledBack(): void {
    for (const [conversation, counter] of this.#before) this.#held.set(conversation, counter);
    this.#before.clear();
    this.#nextRow = this.#nextRowBefore;
  }

  /** Brings the conversations' rows up to date. Runs inside a transaction. */
  flush(): void {
    for (const conversation of this.#dirty) {
      const counter = this.of(conversation);
      if (counter !== undefined) this.#write(conversation, counter.seq, counter.timestamp);
    }
    this.#dirty.clear();
    this.#setMark('flushed_row', this.#nextRow - 1);
  }

  /** After a crash: rows for which the log knows newer messages. Runs inside a transaction. */
  repair(): void {
    const behind = this.#sql.all(
      'SELECT conversation, max(seq) AS seq, max(timestamp) AS timestamp FROM message WHERE row > ? GROUP BY conversation',
      this.#mark('flushed_row'),
    );
    for (const row of behind) {
      this.#write(Number(row.conversation), Number(row.seq), Number(row.timestamp));
    }
    this.#setMark('flushed_row', this.#nextRow - 1);
  }

  #write(conversation: ConversationKey, seq: number, timestamp: Milliseconds): void {
    this.#sql.run(
      `UPDATE conversation SET last_seq = max(last_seq, ?1), last_message_at = max(coalesce(last_message_at, 0), ?2),
         updated_at = max(updated_at, ?2) WHERE key = ?3`,
      seq,
      timestamp,
      conversation,
    );
  }

  #hold(conversation: ConversationKey, counter: Counter): void {
    if (this.#held.size >= MAX_HELD) {
      // The oldest clean entry goes; a dirty one can be read again too, but would have to be.
      for (const key of this.#held.keys()) {
        if (this.#before.has(key)) continue;
        this.#held.delete(key);
        break;
      }
    }
    this.#held.set(conversation, counter);
  }

  #mark(name: string): number {
    return Number(this.#sql.get('SELECT value FROM mark WHERE name = ?', name)?.value ?? 0);
  }

  #setMark(name: string, value: number): void {
    this.#sql.run(
      'INSERT INTO mark VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2',
      name,
      value,
    );
  }
}
