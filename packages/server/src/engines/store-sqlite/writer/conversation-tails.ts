import type { ConversationKey, Milliseconds } from '../../../domain/identifiers.ts';
import type { Statements } from '../statements.ts';

/** The end of a conversation's log, as the writing thread knows it. */
export interface Tail {
  readonly conversation: ConversationKey;
  /** Of the newest message ever, also if retention has deleted it; 0 where there was none. */
  readonly seq: number;
  readonly timestamp: Milliseconds;
  /** The messages after `indexedRow`, as far as `newestRow`, wait for the index; none where the two are the same. */
  readonly indexedRow: number;
  readonly newestRow: number;
}

/** What is held is changed in place: it is looked up for every message, and replaced it would be garbage as often. */
interface HeldTail extends Tail {
  seq: number;
  timestamp: Milliseconds;
  indexedRow: number;
  newestRow: number;
  /** Whether the current transaction knows already how it was before. */
  isNoted: boolean;
}

interface Note {
  readonly tail: HeldTail;
  /** How it was before the current transaction; undefined where it was not held. */
  readonly before: Tail | undefined;
}

/** Conversations whose tails are kept though nothing of them waits for the index; others are read when they are needed. */
const MOST_HELD = 200_000;
/** Tails that come between two looks for some to drop. */
const HELD_BETWEEN_LOOKS = MOST_HELD / 4;

/**
 * The last sequence number and time of each conversation. Assigning them is the hot path, so they are kept in memory;
 * the conversation's row follows when the message index does.
 */
export class ConversationTails {
  readonly #sql: Statements;
  readonly #held = new Map<ConversationKey, HeldTail>();
  #notes: Note[] = [];
  #nextLook = MOST_HELD;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  /** `undefined` where there is no such conversation. */
  of(conversation: ConversationKey): Tail | undefined {
    const held = this.#held.get(conversation);
    if (held !== undefined) return held;
    const row = this.#sql.get(
      'SELECT last_seq, last_message_at FROM conversation WHERE key = ?',
      conversation,
    );
    if (row === undefined) return undefined;
    const tail: HeldTail = {
      conversation,
      seq: Number(row.last_seq),
      timestamp: Number(row.last_message_at ?? 0),
      indexedRow: 0,
      newestRow: 0,
      isNoted: true,
    };
    // What this transaction has read is no longer true if it fails.
    this.#notes.push({ tail, before: undefined });
    this.#held.set(conversation, tail);
    return tail;
  }

  /** Only what is in memory, as all is of which something waits. */
  held(conversation: ConversationKey): Tail | undefined {
    return this.#held.get(conversation);
  }

  /** The conversations of which something waits for the index. Looks at everything that is held. */
  waiting(): ConversationKey[] {
    return [...this.#held.values()].filter(isWaiting).map(({ conversation }) => conversation);
  }

  /** For a message that was added to the log, and not to the index. */
  advance(tail: Tail, to: Pick<Tail, 'seq' | 'timestamp'> & { readonly row: number }): void {
    const held = this.#note(tail);
    if (!isWaiting(held)) held.indexedRow = to.row - 1;
    // What is read again after a crash may be older than the conversation's row.
    held.seq = Math.max(held.seq, to.seq);
    held.timestamp = Math.max(held.timestamp, to.timestamp);
    held.newestRow = to.row;
  }

  /** For a conversation whose messages are all indexed now. Brings its row up to date, too. */
  catchUp(tail: Tail): void {
    const held = this.#note(tail);
    held.indexedRow = held.newestRow;
    this.#sql.run(
      `UPDATE conversation SET last_seq = max(last_seq, ?1), last_message_at = max(coalesce(last_message_at, 0), ?2),
         updated_at = max(updated_at, ?2) WHERE key = ?3`,
      held.seq,
      held.timestamp,
      held.conversation,
    );
  }

  /** For a conversation that is deleted. */
  forget(conversation: ConversationKey): void {
    const held = this.#held.get(conversation);
    if (held === undefined) return;
    this.#note(held);
    this.#held.delete(conversation);
  }

  committed(): void {
    if (this.#notes.length === 0) return;
    for (const { tail } of this.#notes) tail.isNoted = false;
    this.#notes = [];
    // Not earlier: within a transaction somebody may have a tail in hand.
    if (this.#held.size >= this.#nextLook) this.#dropSome();
  }

  rolledBack(): void {
    // Backwards, because a conversation may have been forgotten and then read again.
    for (const { tail, before } of this.#notes.reverse()) {
      tail.isNoted = false;
      if (before === undefined) {
        this.#held.delete(tail.conversation);
      } else {
        Object.assign(tail, before);
        this.#held.set(tail.conversation, tail);
      }
    }
    this.#notes = [];
  }

  #note(tail: Tail): HeldTail {
    const held = tail as HeldTail;
    if (held.isNoted) return held;
    held.isNoted = true;
    const { conversation, seq, timestamp, indexedRow, newestRow } = held;
    this.#notes.push({ tail: held, before: { conversation, seq, timestamp, indexedRow, newestRow } });
    return held;
  }

  #dropSome(): void {
    for (const [conversation, tail] of this.#held) {
      if (this.#held.size <= MOST_HELD - HELD_BETWEEN_LOOKS) break;
      if (!isWaiting(tail)) this.#held.delete(conversation);
    }
    this.#nextLook = this.#held.size + HELD_BETWEEN_LOOKS;
  }
}

export function isWaiting({ indexedRow, newestRow }: Tail): boolean {
  return newestRow > indexedRow;
}
