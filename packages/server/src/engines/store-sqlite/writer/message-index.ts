import type { ClientId, ConversationKey, MessageId, Milliseconds } from '../../../domain/identifiers.ts';
import type { Statements } from '../statements.ts';
import { type MessageCounters, writeCounter } from './message-counters.ts';

/** A message that is in the log and not yet in the index. */
interface Entry {
  readonly row: number;
  readonly timestamp: Milliseconds;
  readonly id: MessageId;
  readonly sender: ClientId;
  readonly token: string | undefined;
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
  /** By conversation, the one that has waited longest first. */
  #pending = new Map<ConversationKey, Entry[]>();
  #count = 0;
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
    for (const { row, timestamp, sender, token } of entries) {
      this.#sql.run('INSERT INTO message_order VALUES (?, ?, ?, ?)', conversation, timestamp, sender, row);
      if (token === undefined) continue;
      this.#tokens.delete(tokenKey(conversation, sender, token));
      this.#sql.run('INSERT INTO message_token VALUES (?, ?, ?, ?)', conversation, token, sender, row);
    }
    this.#counters.writeRow(conversation);
  }

  /** The conversations a client is in. */
  settleOf(app: number, client: ClientId): void {
    if (this.#count === 0) return;
    const rows = this.#sql.all('SELECT conversation FROM member WHERE app = ? AND client = ?', app, client);
    for (const row of rows) this.settle(Number(row.conversation));
  }

  settleAll(): void {
    this.settleUpTo(this.#nextRow - 1, Number.POSITIVE_INFINITY);
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
    const chosen: ConversationKey[] = [];
    let left = this.#count;
    for (const [conversation, entries] of this.#pending) {
      if ((entries[0]?.row ?? 0) > row) break;
      if (left <= stopAt) break;
      left -= entries.length;
      chosen.push(conversation);
    }
    // Neighbours share pages.
    for (const conversation of chosen.sort((a, b) => a - b)) this.settle(conversation);
    const [oldest] = this.#pending.values();
    if (oldest !== undefined && (oldest[0]?.row ?? 0) <= row) return true;
    this.#setIndexedTo(row);
    return false;
  }

  /** After a crash: what the end of the log knows and the index does not. Runs inside a transaction. */
  repair(): void {
    const since = this.#indexedTo();
    this.#sql.run(
      'INSERT OR IGNORE INTO message_order SELECT conversation, timestamp, sender, row FROM message WHERE row > ?',
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
    this.#pending = new Map([...restored].sort(([, [a]], [, [b]]) => (a?.row ?? 0) - (b?.row ?? 0)));
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
