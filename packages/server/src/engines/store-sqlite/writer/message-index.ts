import type { ClientId, ConversationKey, MessageId, Milliseconds } from '../../../domain/identifiers.ts';
import type { Statements } from '../statements.ts';
import { type MessageCounters, writeCounter } from './message-counters.ts';

const ROWS_AT_ONCE = 8;
const PUT_ONE = 'INSERT INTO message_order VALUES (?, ?, ?, ?)';
const PUT_SEVERAL = `INSERT INTO message_order VALUES ${Array.from(
  { length: ROWS_AT_ONCE },
  (_, n) => `(?1, ?${3 * n + 2}, ?${3 * n + 3}, ?${3 * n + 4})`,
).join(', ')}`;
/** Messages that a call to settle them all settles in one transaction. */
const SETTLED_AT_ONCE = 4096;

/** A message that is in the log and not yet in the index. */
interface Entry {
  readonly row: number;
  readonly timestamp: Milliseconds;
  readonly id: MessageId;
  readonly sender: ClientId;
  readonly token: string | undefined;
}

/**
 * All conversations that had something waiting at one moment, in the order of their keys. Neighbours share pages of the
 * index, so going through them in this order writes each page once or twice.
 */
interface Sweep {
  /** What was the newest row of the log then. */
  readonly upTo: number;
  readonly conversations: Float64Array;
  /** The place of the one whose turn it is. */
  next: number;
}

/**
 * The index of the message log, and the rows of the conversations, follow the log late.
 *
 * A commit of messages from many conversations would otherwise write a page of the index for nearly each of them; the
 * log itself is appended to, page after page. Indexed together some time later, messages of one conversation share
 * their pages. Nothing is lost with the memory: {@link repair} reads the end of the log after a crash. Whoever reads
 * a conversation through the index has it {@link settle}d first.
 */
export class MessageIndex {
  readonly #sql: Statements;
  readonly #counters: MessageCounters;
  #pending = new Map<ConversationKey, Entry[]>();
  #count = 0;
  #sweep: Sweep | undefined;
  readonly #tokens = new Map<string, Entry>();
  /** What the current transaction did, to go back to if it fails. */
  #added = new Set<Entry>();
  #settled: [ConversationKey, Entry[]][] = [];
  #nextRow: number;
  #nextRowBefore: number;

  constructor(sql: Statements, counters: MessageCounters) {
    this.#sql = sql;
    this.#counters = counters;
    const newest = Number(sql.get('SELECT max(row) AS row FROM message')?.row ?? 0);
    // Rows are never reused, or a repair could take a new message for one that is indexed.
    this.#nextRow = Math.max(this.#indexedTo(), newest) + 1;
    this.#nextRowBefore = this.#nextRow;
  }

  /** Messages that wait. */
  get pending(): number {
    return this.#count;
  }

  takeRow(): number {
    return this.#nextRow++;
  }

  add(conversation: ConversationKey, entry: Entry): void {
    const entries = this.#pending.get(conversation);
    if (entries === undefined) this.#pending.set(conversation, [entry]);
    else entries.push(entry);
    this.#count++;
    this.#added.add(entry);
    if (entry.token !== undefined) this.#tokens.set(tokenKey(conversation, entry.sender, entry.token), entry);
  }

  findToken(
    conversation: ConversationKey,
    sender: ClientId,
    token: string,
  ): { readonly id: MessageId; readonly timestamp: Milliseconds } | undefined {
    const waiting = this.#tokens.get(tokenKey(conversation, sender, token));
    if (waiting !== undefined) return waiting;
    const row = this.#sql.get(
      `SELECT m.id, m.timestamp FROM message_token t JOIN message m ON m.row = t.row
        WHERE t.conversation = ? AND t.token = ? AND t.sender = ?`,
      conversation,
      token,
      sender,
    );
    return row === undefined ? undefined : { id: row.id as string, timestamp: Number(row.timestamp) };
  }

  settle(conversation: ConversationKey): void {
    const entries = this.#pending.get(conversation);
    if (entries === undefined) return;
    this.#pending.delete(conversation);
    this.#count -= entries.length;
    this.#settled.push([conversation, entries]);
    this.#putInOrder(conversation, entries);
    for (const { row, sender, token } of entries) {
      if (token === undefined) continue;
      this.#tokens.delete(tokenKey(conversation, sender, token));
      this.#sql.run('INSERT INTO message_token VALUES (?, ?, ?, ?)', conversation, token, sender, row);
    }
    this.#counters.writeRow(conversation);
  }

  /** Several rows to a statement: what surrounds a statement costs more than a row. */
  #putInOrder(conversation: ConversationKey, entries: readonly Entry[]): void {
    let next = 0;
    for (; next + ROWS_AT_ONCE <= entries.length; next += ROWS_AT_ONCE) {
      const values = entries
        .slice(next, next + ROWS_AT_ONCE)
        .flatMap(({ timestamp, sender, row }) => [timestamp, sender, row]);
      this.#sql.run(PUT_SEVERAL, conversation, ...values);
    }
    for (const { timestamp, sender, row } of entries.slice(next)) {
      this.#sql.run(PUT_ONE, conversation, timestamp, sender, row);
    }
  }

  /** The conversations a client is in. */
  settleOf(app: number, client: ClientId): void {
    if (this.#count === 0) return;
    const rows = this.#sql.all('SELECT conversation FROM member WHERE app = ? AND client = ?', app, client);
    for (const row of rows) this.settle(Number(row.conversation));
  }

  settleAll(): void {
    this.settleUpTo(this.newestRow, Number.POSITIVE_INFINITY);
  }

  /**
   * A part of everything there is, so that commits need not wait for all of it.
   *
   * @returns what to give to the next call; undefined when all that there was at the first call is indexed
   */
  settleSome(upTo = this.newestRow): number | undefined {
    return this.settleUpTo(upTo, SETTLED_AT_ONCE) ? upTo : undefined;
  }

  /** The newest row of the log, to give to {@link settleUpTo} in several steps. */
  get newestRow(): number {
    return this.#nextRow - 1;
  }

  /**
   * Indexes at least everything up to a row, but stops after about `limit` messages.
   *
   * @returns whether there is more to do
   */
  settleUpTo(row: number, limit: number): boolean {
    const stopAt = this.#count - limit;
    for (;;) {
      const sweep = this.#sweep ?? this.#newSweep();
      for (; sweep.next < sweep.conversations.length; sweep.next++) {
        if (this.#count <= stopAt) return true;
        this.settle(sweep.conversations[sweep.next] as ConversationKey);
      }
      this.#sweep = undefined;
      this.#setIndexedTo(sweep.upTo);
      if (sweep.upTo >= row) return false;
    }
  }

  #newSweep(): Sweep {
    const conversations = Float64Array.from(this.#pending.keys()).sort();
    this.#sweep = { upTo: this.newestRow, conversations, next: 0 };
    return this.#sweep;
  }

  /** After a crash: what the end of the log knows and the index does not. Runs inside a transaction. */
  repair(): void {
    const since = this.#indexedTo();
    this.#sql.run(
      `INSERT OR IGNORE INTO message_order
         SELECT conversation, timestamp, sender, row FROM message WHERE row > ? ORDER BY conversation, timestamp`,
      since,
    );
    this.#sql.run(
      `INSERT OR IGNORE INTO message_token
         SELECT conversation, token, sender, row FROM message WHERE row > ? AND token IS NOT NULL`,
      since,
    );
    const behind = this.#sql.all(
      'SELECT conversation, max(seq) AS seq, max(timestamp) AS timestamp FROM message WHERE row > ? GROUP BY conversation',
      since,
    );
    for (const { conversation, seq, timestamp } of behind) {
      writeCounter(this.#sql, Number(conversation), { seq: Number(seq), timestamp: Number(timestamp) });
    }
    this.#setIndexedTo(this.newestRow);
  }

  committed(): void {
    if (this.#added.size > 0) this.#added = new Set();
    if (this.#settled.length > 0) this.#settled = [];
    this.#nextRowBefore = this.#nextRow;
  }

  rolledBack(): void {
    const restored = new Map<ConversationKey, Entry[]>();
    for (const [conversation, entries] of [...this.#settled, ...this.#pending]) {
      const kept = entries.filter((entry) => !this.#added.has(entry));
      if (kept.length > 0) restored.set(conversation, [...(restored.get(conversation) ?? []), ...kept]);
    }
    this.#pending = restored;
    this.#sweep = undefined;
    this.#count = 0;
    this.#tokens.clear();
    for (const [conversation, entries] of this.#pending) {
      this.#count += entries.length;
      this.#counters.rowIsBehind(conversation);
      for (const entry of entries) {
        if (entry.token !== undefined)
          this.#tokens.set(tokenKey(conversation, entry.sender, entry.token), entry);
      }
    }
    this.#nextRow = this.#nextRowBefore;
    this.committed();
  }

  #indexedTo(): number {
    return Number(this.#sql.get("SELECT value FROM mark WHERE name = 'indexed_row'")?.value ?? 0);
  }

  #setIndexedTo(row: number): void {
    this.#sql.run(
      "INSERT INTO mark VALUES ('indexed_row', ?1) ON CONFLICT (name) DO UPDATE SET value = max(value, ?1)",
      row,
    );
  }
}

/** One string for three parts, whatever characters they contain. */
function tokenKey(conversation: ConversationKey, sender: ClientId, token: string): string {
  return JSON.stringify([conversation, sender, token]);
}
