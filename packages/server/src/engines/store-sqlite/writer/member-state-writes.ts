import type { ConversationKind } from '../../../domain/conversation/conversation.ts';
import type { ClientId, ConversationKey, MessageId, Milliseconds } from '../../../domain/identifiers.ts';
import type {
  Acknowledgement,
  ReadOutcome,
  ReadPosition,
  ReadReceipt,
} from '../../../domain/ports/member-states.ts';
import { findMessage, unreadState } from '../message-lookup.ts';
import { logsOf, serviceUnread } from '../service-logs.ts';
import type { Row, Statements } from '../statements.ts';
import type { MessageIndex } from './message-index.ts';
import type { NoticeWrites } from './notice-writes.ts';

/** Receipts exist only where the sender knows who received: between two (`semantics §4.11`). */
const MEMBERS_WITH_RECEIPTS = 2;
/** Whoever left hears nothing any more, and nobody else's receipt is kept back for it. */
const SENDER_IS_MEMBER = `EXISTS (SELECT 1 FROM member
  WHERE member.conversation = ordered_message.conversation AND member.client = ordered_message.sender)`;
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
  readonly #notices: NoticeWrites;

  constructor(sql: Statements, index: MessageIndex, notices: NoticeWrites) {
    this.#sql = sql;
    this.#index = index;
    this.#notices = notices;
  }

  acknowledge(
    conversation: ConversationKey,
    client: ClientId,
    what: Acknowledgement,
    now: Milliseconds,
  ): readonly Delivered[] {
    const service = this.#service(conversation);
    if (service !== undefined) {
      this.#acknowledgeService(service, client, what, now);
      return [];
    }
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
      `SELECT row, id, sender, timestamp, receipt = 1 AND ${SENDER_IS_MEMBER} AS asks FROM ordered_message
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
      .filter((row) => row.asks === 1)
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
    const row = this.#sql.get(
      'SELECT key, app, id, kind, updated_at FROM conversation WHERE key = ?',
      conversation,
    );
    if (row?.kind === 'service') return this.#markServiceRead(row, client, position, now);
    const member = this.#member(conversation, client);
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
      ? this.#markMessagesRead(row, client, from, to, now)
      : undefined;
    return {
      unread: unreadState(this.#sql, row, client, to),
      advanced: true,
      ...(receipt !== undefined && { receipt }),
    };
  }

  // ── services: one place in several logs (`ports/services.ts`) ──────────────────────────────────────────────

  #service(conversation: ConversationKey): Row | undefined {
    const row = this.#sql.get('SELECT key, app, id, kind FROM conversation WHERE key = ?', conversation);
    return row?.kind === 'service' ? row : undefined;
  }

  #acknowledgeService(service: Row, client: ClientId, what: Acknowledgement, now: Milliseconds): void {
    const logs = this.#settledLogs(service, client);
    const upTo = 'id' in what ? this.#timeOf(logs, what.id) : what.upTo;
    if (upTo === undefined) return;
    for (const { log, deliveredTo } of logs) {
      const to = this.#newestUpTo(log, upTo) ?? 0;
      if (to <= deliveredTo) continue;
      this.#listen(Number(service.app), log, client);
      this.#sql.run(
        'UPDATE member SET delivered_to = ?, delivered_at = ? WHERE conversation = ? AND client = ?',
        to,
        now,
        log,
        client,
      );
    }
  }

  #markServiceRead(
    service: Row,
    client: ClientId,
    position: ReadPosition,
    now: Milliseconds,
  ): ReadOutcome | undefined {
    const logs = this.#settledLogs(service, client);
    if (logs.length === 0) return undefined;
    const known = position.id === undefined ? undefined : this.#timeOf(logs, position.id, position.timestamp);
    const upTo = known ?? position.timestamp ?? Number.MAX_SAFE_INTEGER;
    let advanced = false;
    for (const { log, readTo } of logs) {
      const to = this.#newestUpTo(log, upTo) ?? 0;
      if (to <= readTo) continue;
      advanced = true;
      this.#listen(Number(service.app), log, client);
      this.#sql.run(
        `UPDATE member SET read_to = ?1, read_at = ?2, read_changed_at = ?2, delivered_to = max(delivered_to, ?1)
          WHERE conversation = ?3 AND client = ?4`,
        to,
        now,
        log,
        client,
      );
    }
    return { unread: serviceUnread(this.#sql, service, client, now), advanced };
  }

  #settledLogs(service: Row, client: ClientId) {
    const logs = logsOf(this.#sql, Number(service.app), Number(service.key), client);
    for (const { log } of logs) this.#index.settle(log);
    return logs;
  }

  /** When a message was sent that may be in any of the logs. */
  #timeOf(
    logs: readonly { readonly log: ConversationKey }[],
    id: MessageId,
    hint?: Milliseconds,
  ): Milliseconds | undefined {
    for (const { log } of logs) {
      const message = findMessage(this.#sql, log, id, hint);
      if (message !== undefined) return message.timestamp;
    }
    return undefined;
  }

  /** The log for everybody knows only those who have read in it. */
  #listen(app: number, log: ConversationKey, client: ClientId): void {
    this.#sql.run(
      `INSERT OR IGNORE INTO member (conversation, client, app, position, read_to, delivered_to)
       VALUES (?, ?, ?, 0, 0, 0)`,
      log,
      client,
      app,
    );
  }

  // ── receipts ───────────────────────────────────────────────────────────────────────────────────────────────

  #markMessagesRead(
    row: Row,
    client: ClientId,
    from: Milliseconds,
    to: Milliseconds,
    now: Milliseconds,
  ): ReadReceipt | undefined {
    const conversation = Number(row.key);
    const range = [conversation, from, to, client] as const;
    const asked = this.#sql.get(
      `SELECT id, sender FROM ordered_message
        WHERE conversation = ? AND timestamp > ? AND timestamp <= ? AND sender <> ? AND receipt = 1
          AND ${SENDER_IS_MEMBER}
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
    const receipt = {
      id: asked.id as string,
      sender: asked.sender as string,
      at: this.#notices.nextMoment(now),
      // Must not reach over a message that came after the read position (`wire-protocol §4.10`).
      readBefore: next === undefined ? now : Math.min(now, Number(next.timestamp) - 1),
    };
    this.#tellSender(row, client, receipt);
    return receipt;
  }

  /** In the transaction of the read: reading again would not make up for a notice that was lost. */
  #tellSender(row: Row, by: ClientId, { id, sender, at, readBefore }: ReadReceipt): void {
    const conversation = {
      app: Number(row.app),
      key: Number(row.key),
      id: row.id as string,
      kind: row.kind as ConversationKind,
      updatedAt: Number(row.updated_at),
    };
    this.#notices.tell(conversation, [sender], at, by, { event: 'message-read', id, readBefore });
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
