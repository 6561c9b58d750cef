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
 * The last sequence number and time of each conversation. Assigning them is the hot path, so they are kept in memory;
 * the conversation's row follows when the message index does.
 */
export class MessageCounters {
  readonly #sql: Statements;
  readonly #held = new Map<ConversationKey, Counter>();
  /** Conversations of which memory knows more than their row. */
  readonly #ahead = new Set<ConversationKey>();
  /** Counters as they were before the current transaction, to go back to if it fails. */
  readonly #before = new Map<ConversationKey, Counter>();

  constructor(sql: Statements) {
    this.#sql = sql;
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
    const counter = { seq: Number(row.last_seq), timestamp: Number(row.last_message_at ?? 0) };
    this.#hold(conversation, counter);
    return counter;
  }

  advance(conversation: ConversationKey, from: Counter, to: Counter): void {
    if (!this.#before.has(conversation)) this.#before.set(conversation, from);
    this.#held.set(conversation, to);
    this.#ahead.add(conversation);
  }

  /** Brings the conversation's row up to date. */
  writeRow(conversation: ConversationKey): void {
    const counter = this.#held.get(conversation);
    if (counter !== undefined) writeCounter(this.#sql, conversation, counter);
    this.#ahead.delete(conversation);
  }

  /** For a transaction that failed after it wrote the row. */
  rowIsBehind(conversation: ConversationKey): void {
    this.#ahead.add(conversation);
  }

  forget(conversation: ConversationKey): void {
    const held = this.#held.get(conversation);
    if (held !== undefined && !this.#before.has(conversation)) this.#before.set(conversation, held);
    this.#held.delete(conversation);
    this.#ahead.delete(conversation);
  }

  committed(): void {
    this.#before.clear();
  }

  rolledBack(): void {
    for (const [conversation, counter] of this.#before) {
      this.#held.set(conversation, counter);
      this.#ahead.add(conversation);
    }
    this.#before.clear();
  }

  #hold(conversation: ConversationKey, counter: Counter): void {
    if (this.#held.size >= MAX_HELD) {
      for (const key of this.#held.keys()) {
        if (this.#ahead.has(key)) continue;
        this.#held.delete(key);
        break;
      }
    }
    this.#held.set(conversation, counter);
  }
}

export function writeCounter(
  sql: Statements,
  conversation: ConversationKey,
  { seq, timestamp }: Counter,
): void {
  sql.run(
    `UPDATE conversation SET last_seq = max(last_seq, ?1), last_message_at = max(coalesce(last_message_at, 0), ?2),
       updated_at = max(updated_at, ?2) WHERE key = ?3`,
    seq,
    timestamp,
    conversation,
  );
}
