import type { ClientId, ConversationKey, MessageId, Milliseconds } from '../../../domain/identifiers.ts';
import type { Acknowledgement, ReadOutcome, ReadPosition } from '../../../domain/ports/store.ts';
import { findMessage, unreadState } from '../message-lookup.ts';
import type { Row, Statements } from '../statements.ts';
import type { MessageIndex } from './message-index.ts';

/** Receipts exist only where the sender knows who received: between two (`semantics §4.11`). */
const MEMBERS_WITH_RECEIPTS = 2;
/** Messages one acknowledgement marks at most; older ones count as delivered by the position alone. */
const MAX_MARKED = 2000;

interface Delivered {
  readonly id: MessageId;
  readonly sender: ClientId;
  readonly timestamp: Milliseconds;
}

export class MemberStateWrites {
  readonly #sql: Statements;
  readonly #index: MessageIndex;

  constructor(sql: Statements, index: MessageIndex) {
    this.#sql = sql;
    this.#index = index;
  }

  acknowledge(
    conversation: ConversationKey,
    client: ClientId,
    what: Acknowledgement,
    now: Milliseconds,
  ): readonly Delivered[] {
    const member = this.#member(conversation, client);
    if (member === undefined) return [];
    this.#index.settle(conversation);
    const range = this.#rangeOf(conversation, what, Number(member.delivered_to));
    if (range === undefined) return [];
    this.#sql.run(
      'UPDATE member SET delivered_to = max(delivered_to, ?), delivered_at = ? WHERE conversation = ? AND client = ?',
      range.to,
      now,
      conversation,
      client,
    );
    if (!this.#hasReceipts(conversation)) return [];
    const marked = this.#sql.all(
      `SELECT row, id, sender, timestamp, receipt FROM ordered_message
        WHERE conversation = ? AND timestamp BETWEEN ? AND ? AND sender <> ? AND delivered_at IS NULL
        ORDER BY timestamp DESC LIMIT ${MAX_MARKED}`,
      conversation,
      range.from,
      range.to,
      client,
    );
    for (const row of marked) {
      this.#sql.run(
        'UPDATE message SET delivered_at = ? WHERE row = ?',
        Math.max(now, Number(row.timestamp)),
        row.row as number,
      );
    }
    return marked
      .filter((row) => row.receipt === 1)
      .reverse()
      .map((row) => ({
        id: row.id as string,
        sender: row.sender as string,
        timestamp: Number(row.timestamp),
      }));
  }

  markRead(
    conversation: ConversationKey,
    client: ClientId,
    position: ReadPosition,
    now: Milliseconds,
  ): ReadOutcome | undefined {
    const member = this.#member(conversation, client);
    const row = this.#sql.get('SELECT key, id, kind FROM conversation WHERE key = ?', conversation);
    if (member === undefined || row === undefined) return undefined;
    this.#index.settle(conversation);
    const from = Number(member.read_to);
    const to = this.#readTo(conversation, position);
    if (to <= from) return { unread: unreadState(this.#sql, row, client, from), advanced: false };
    this.#sql.run(
      `UPDATE member SET read_to = ?1, read_at = ?2, read_changed_at = ?2, delivered_to = max(delivered_to, ?1)
        WHERE conversation = ?3 AND client = ?4`,
      to,
      now,
      conversation,
      client,
    );
    const receipt = this.#hasReceipts(conversation)
      ? this.#markMessagesRead(conversation, client, from, to, now)
      : undefined;
    return {
      unread: unreadState(this.#sql, row, client, to),
      advanced: true,
      ...(receipt !== undefined && { receipt }),
    };
  }

  #markMessagesRead(
    conversation: ConversationKey,
    client: ClientId,
    from: Milliseconds,
    to: Milliseconds,
    now: Milliseconds,
  ): ReadOutcome['receipt'] {
    const range = [conversation, from, to, client] as const;
    const asked = this.#sql.get(
      `SELECT id, sender FROM ordered_message
        WHERE conversation = ? AND timestamp > ? AND timestamp <= ? AND sender <> ? AND receipt = 1
        ORDER BY timestamp DESC LIMIT 1`,
      ...range,
    );
    this.#sql.run(
      `UPDATE message SET read_at = max(?5, timestamp), delivered_at = coalesce(delivered_at, max(?5, timestamp))
        WHERE read_at IS NULL AND row IN (SELECT row FROM message_order
              WHERE conversation = ?1 AND timestamp > ?2 AND timestamp <= ?3 AND sender <> ?4)`,
      ...range,
      now,
    );
    if (asked === undefined) return undefined;
    const next = this.#sql.get(
      'SELECT timestamp FROM message_order WHERE conversation = ? AND timestamp > ? ORDER BY timestamp LIMIT 1',
      conversation,
      to,
    );
    return {
      id: asked.id as string,
      sender: asked.sender as string,
      ...(next !== undefined && { before: Number(next.timestamp) }),
    };
  }

  #member(conversation: ConversationKey, client: ClientId): Row | undefined {
    return this.#sql.get(
      'SELECT read_to, delivered_to FROM member WHERE conversation = ? AND client = ?',
      conversation,
      client,
    );
  }

  #hasReceipts(conversation: ConversationKey): boolean {
    const row = this.#sql.get(
      `SELECT count(*) AS n FROM (SELECT 1 FROM member WHERE conversation = ? LIMIT ${MEMBERS_WITH_RECEIPTS + 1})`,
      conversation,
    );
    return Number(row?.n) <= MEMBERS_WITH_RECEIPTS;
  }

  /** The message times an acknowledgement covers, ends included; `undefined` where it names no message. */
  #rangeOf(conversation: ConversationKey, what: Acknowledgement, deliveredTo: Milliseconds) {
    if ('id' in what) {
      const message = findMessage(this.#sql, conversation, what.id);
      return message === undefined ? undefined : { from: message.timestamp, to: message.timestamp };
    }
    const newest = this.#newestUpTo(conversation, what.upTo);
    if (newest === undefined) return undefined;
    return { from: what.from ?? deliveredTo + 1, to: newest };
  }

  #readTo(conversation: ConversationKey, { id, timestamp }: ReadPosition): Milliseconds {
    const message = id === undefined ? undefined : findMessage(this.#sql, conversation, id, timestamp);
    if (message !== undefined) return message.timestamp;
    return this.#newestUpTo(conversation, timestamp ?? Number.MAX_SAFE_INTEGER) ?? 0;
  }

  #newestUpTo(conversation: ConversationKey, timestamp: Milliseconds): Milliseconds | undefined {
    const row = this.#sql.get(
      'SELECT timestamp FROM message_order WHERE conversation = ? AND timestamp <= ? ORDER BY timestamp DESC LIMIT 1',
      conversation,
      timestamp,
    );
    return row === undefined ? undefined : Number(row.timestamp);
  }
}
