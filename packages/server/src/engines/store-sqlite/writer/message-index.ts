import type { AppKey, ClientId, ConversationKey, Milliseconds } from '../../../domain/identifiers.ts';
import type { Sought } from '../sought.ts';
import type { Statements } from '../statements.ts';
import { type ConversationTails, isWaiting, type Tail } from './conversation-tails.ts';
import { insertSeveral, putRows } from './insert-several.ts';
import { WaitingMessages } from './waiting-messages.ts';

const INSERT = insertSeveral('INSERT', 'message_order', 3);
const INSERT_MISSING = insertSeveral('INSERT OR IGNORE', 'message_order', 3);
/**
 * Messages that a call to settle them all settles in one transaction. The larger the part, the fewer pages it shares
 * with the next: there are indexes of conversations by time, in which neighbours are far apart.
 */
const SETTLED_AT_ONCE = 4096;
const SETTLED_AT_ONCE_ALONE = 4 * SETTLED_AT_ONCE;

/** A message that was just added to the log. */
interface LoggedMessage {
  readonly row: number;
  readonly seq: number;
  readonly timestamp: Milliseconds;
  readonly sender: ClientId;
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
 * their pages. Nothing is lost with the memory: the end of the log is read again when the store is opened (`recover.ts`).
 * Whoever reads a conversation through the index has it {@link settle}d first.
 */
export class MessageIndex {
  readonly #sql: Statements;
  readonly #tails: ConversationTails;
  readonly #waiting = new WaitingMessages();
  #count = 0;
  /** Conversations of which something waits and that no sweep has come by; some perhaps twice, or settled meanwhile. */
  #unswept: ConversationKey[] = [];
  #sweep: Sweep | undefined;
  #nextRow: number;
  #indexedTo: number;
  #recoveredTo = 0;
  /** As they were before the current transaction, to go back to if it fails. */
  #before: { readonly count: number; readonly nextRow: number; readonly indexedTo: number };

  constructor(sql: Statements, tails: ConversationTails) {
    this.#sql = sql;
    this.#tails = tails;
    this.#indexedTo = Number(sql.get("SELECT value FROM mark WHERE name = 'indexed_row'")?.value ?? 0);
    // Rows are never reused, also if the newest are deleted: what follows the log late knows messages by their rows.
    const newest = sql.get(
      `SELECT max(
        (SELECT coalesce(max(row), 0) FROM message),
        (SELECT coalesce(max(value), 0) FROM mark WHERE name LIKE '%_row'),
        (SELECT coalesce(max(place), 0) FROM webhook_position WHERE webhook <> 'events'),
        (SELECT coalesce(max(to_place), 0) FROM dead_letter WHERE webhook <> 'events')
      ) AS row`,
    );
    this.#nextRow = Number(newest?.row) + 1;
    this.#before = this.#state();
  }

  /** Everything up to this row is indexed. */
  get indexedTo(): number {
    return this.#indexedTo;
  }

  /** Of what was added so far, as far as this row, some may be in the index. */
  recoveredTo(row: number): void {
    this.#recoveredTo = row;
  }

  /** Messages that wait. */
  get pending(): number {
    return this.#count;
  }

  takeRow(): number {
    return this.#nextRow++;
  }

  /** @param tail of its conversation, which is advanced */
  add(tail: Tail, { row, seq, timestamp, sender }: LoggedMessage): void {
    if (!isWaiting(tail)) this.#unswept.push(tail.conversation);
    this.#waiting.add(tail, { row, timestamp, sender });
    this.#tails.advance(tail, { seq, timestamp, row });
    this.#count++;
  }

  settle(conversation: ConversationKey): void {
    const tail = this.#tails.held(conversation);
    if (tail === undefined || !isWaiting(tail)) return;
    const values = this.#waiting.of(tail);
    const insert = tail.indexedRow < this.#recoveredTo ? INSERT_MISSING : INSERT;
    putRows(this.#sql, insert, conversation, values);
    this.#tails.catchUp(tail);
    this.#count -= values.length / INSERT.columns;
  }

  /** The conversations a client is in. */
  settleOf(app: AppKey, client: ClientId): void {
    if (this.#count === 0) return;
    const rows = this.#sql.all('SELECT conversation FROM member WHERE app = ? AND client = ?', app, client);
    for (const row of rows) this.settle(Number(row.conversation));
  }

  settleSought(app: AppKey, { clients, ids }: Sought): void {
    if (this.#count === 0) return;
    for (const client of clients) this.settleOf(app, client);
    for (const id of ids) {
      const row = this.#sql.get('SELECT key FROM conversation WHERE app = ? AND id = ?', app, id);
      if (row !== undefined) this.settle(Number(row.key));
    }
  }

  /** The logs of a service. There may be a million of them, of which few wait. */
  settleLogsOf(service: ConversationKey): void {
    for (const conversation of this.#tails.waiting()) {
      const isLog = this.#sql.get(
        'SELECT 1 FROM conversation WHERE key = ? AND service = ?',
        conversation,
        service,
      );
      if (isLog !== undefined) this.settle(conversation);
    }
  }

  /**
   * A part of everything there is, so that commits need not wait for all of it.
   *
   * @param isAlone whether no commit waits
   * @returns what to give to the next call; undefined when all that there was at the first call is indexed
   */
  settleSome(upTo = this.newestRow, isAlone = false): number | undefined {
    return this.settleUpTo(upTo, isAlone ? SETTLED_AT_ONCE_ALONE : SETTLED_AT_ONCE) ? upTo : undefined;
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
    const conversations = Float64Array.from(this.#unswept).sort();
    this.#unswept = [];
    this.#sweep = { upTo: this.newestRow, conversations, next: 0 };
    return this.#sweep;
  }

  committed(): void {
    if (this.#count === 0) this.#unswept = [];
    this.#waiting.dropTo(this.#indexedTo);
    this.#before = this.#state();
  }

  rolledBack(): void {
    this.#count = this.#before.count;
    this.#nextRow = this.#before.nextRow;
    this.#indexedTo = this.#before.indexedTo;
    // What was settled waits again, and the sweep has come by.
    this.#sweep = undefined;
    this.#unswept = this.#tails.waiting();
  }

  #state() {
    return { count: this.#count, nextRow: this.#nextRow, indexedTo: this.#indexedTo };
  }

  #setIndexedTo(row: number): void {
    if (row <= this.#indexedTo) return;
    this.#indexedTo = row;
    this.#sql.run(
      "INSERT INTO mark VALUES ('indexed_row', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1",
      row,
    );
  }
}
