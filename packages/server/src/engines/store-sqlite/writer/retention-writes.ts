import type { AppKey, ConversationId, Milliseconds } from '../../../domain/identifiers.ts';
import type { Deleted } from '../../../domain/ports/retention.ts';
import { deleteMessage } from '../delete-message.ts';
import type { Row, Statements } from '../statements.ts';
import type { ConversationWrites } from './conversation-writes.ts';
import type { LogProgress } from './log-progress.ts';
import type { MessageIndex } from './message-index.ts';

/** Rows looked at for each row that may be deleted, so that one call stays short whatever it finds. */
const LOOKS_PER_DELETION = 20;

/** Bounded batches of deletion, called by jobs. */
export class RetentionWrites {
  readonly #sql: Statements;
  readonly #conversations: ConversationWrites;
  readonly #index: MessageIndex;
  readonly #progress: LogProgress;

  constructor(
    sql: Statements,
    conversations: ConversationWrites,
    index: MessageIndex,
    progress: LogProgress,
  ) {
    this.#sql = sql;
    this.#conversations = conversations;
    this.#index = index;
    this.#progress = progress;
  }

  deleteMessages(app: AppKey, before: Milliseconds, limit: number): number {
    const due: Row[] = [];
    let cleanedTo = this.#progress.of(app);
    const rows = this.#sql.iterate(
      `SELECT m.row, m.conversation, m.timestamp, c.app FROM message m JOIN conversation c ON c.key = m.conversation
        WHERE m.row > ? ORDER BY m.row LIMIT ?`,
      cleanedTo,
      limit * LOOKS_PER_DELETION,
    );
    // Read only as far as there is something to delete: the batch is to be short.
    for (const row of rows) {
      if (Number(row.app) === app) {
        if (Number(row.timestamp) >= before || due.length >= limit) break;
        due.push(row);
      }
      cleanedTo = Number(row.row);
    }
    let deleted = 0;
    for (const row of due) {
      if (deleted >= limit) {
        cleanedTo = Number(row.row) - 1;
        break;
      }
      // What the log alone knows of a conversation must be in its row before the log loses it.
      this.#index.settle(Number(row.conversation));
      deleted += deleteMessage(this.#sql, row);
    }
    this.#progress.set(app, cleanedTo);
    return deleted;
  }

  deleteInactiveConversations(app: AppKey, before: Milliseconds, limit: number): Deleted<ConversationId> {
    const quiet = this.#sql.all(
      `SELECT key, id FROM conversation WHERE app = ? AND updated_at < ? AND expires_at IS NULL
        ORDER BY updated_at LIMIT ?`,
      app,
      before,
      limit,
    );
    // The rows follow the message log late: one of these may have been spoken in just now.
    const inactive = quiet.filter((row) => this.#isStillQuiet(Number(row.key), before));
    const { deleted, hasMore } = this.#deleteWithin(inactive, limit, (row) => row.id as string);
    return { deleted, hasMore: hasMore || quiet.length === limit };
  }

  deleteExpiredTemporary(
    now: Milliseconds,
    limit: number,
  ): Deleted<{ readonly app: AppKey; readonly id: ConversationId }> {
    const expired = this.#sql.all(
      'SELECT key, app, id FROM conversation WHERE expires_at IS NOT NULL AND expires_at <= ? ORDER BY expires_at LIMIT ?',
      now,
      limit,
    );
    return this.#deleteWithin(expired, limit, (row) => ({ app: Number(row.app), id: row.id as string }));
  }

  deleteRemainsOfConversations(limit: number): number {
    const gone = this.#sql.get('SELECT key FROM deleted_conversation LIMIT 1');
    if (gone === undefined) return 0;
    const deleted = this.#deleteMessagesOf(Number(gone.key), limit);
    if (deleted < limit) this.#sql.run('DELETE FROM deleted_conversation WHERE key = ?', Number(gone.key));
    return deleted + 1;
  }

  deleteRemainsOfServices(limit: number): number {
    const gone = this.#sql.get('SELECT key FROM deleted_service LIMIT 1');
    if (gone === undefined) return 0;
    const service = gone.key as number;
    const subscribers = this.#sql.run(
      'DELETE FROM member WHERE conversation = ?1 AND client IN (SELECT client FROM member WHERE conversation = ?1 LIMIT ?2)',
      service,
      limit,
    );
    if (subscribers > 0) return subscribers;
    const logs = this.#sql.all('SELECT key, id FROM conversation WHERE service = ? LIMIT ?', service, limit);
    if (logs.length === 0) return this.#sql.run('DELETE FROM deleted_service WHERE key = ?', service);
    this.#sql.run(
      'DELETE FROM broadcast WHERE log IN (SELECT key FROM conversation WHERE service = ?)',
      service,
    );
    const { deleted } = this.#deleteWithin(logs, limit, (row) => row.id as string);
    // A log with more messages than the limit is not gone yet, and there is work left.
    return Math.max(1, deleted.length);
  }

  forgetBroadcasts(now: Milliseconds, limit: number): number {
    return this.#sql.run(
      'DELETE FROM broadcast WHERE (log, timestamp) IN (SELECT log, timestamp FROM broadcast WHERE valid_until <= ? LIMIT ?)',
      now,
      limit,
    );
  }

  deleteNotices(app: AppKey, before: Milliseconds, limit: number): number {
    const old = this.#sql.all(
      'SELECT key FROM notice WHERE app = ? AND at < ? ORDER BY at LIMIT ?',
      app,
      before,
      limit,
    );
    for (const row of old) {
      this.#sql.run('DELETE FROM notice_recipient WHERE notice = ?', row.key as number);
      this.#sql.run('DELETE FROM notice WHERE key = ?', row.key as number);
    }
    return old.length;
  }

  deleteAuditEntries(app: AppKey, before: Milliseconds, limit: number): number {
    return this.#sql.run(
      'DELETE FROM audit_entry WHERE id IN (SELECT id FROM audit_entry WHERE app = ? AND at < ? ORDER BY at LIMIT ?)',
      app,
      before,
      limit,
    );
  }

  deleteClosedSessions(now: Milliseconds, limit: number): number {
    return this.#sql.run(
      'DELETE FROM closed_session WHERE session IN (SELECT session FROM closed_session WHERE until <= ? LIMIT ?)',
      now,
      limit,
    );
  }

  #isStillQuiet(conversation: number, before: Milliseconds): boolean {
    this.#index.settle(conversation);
    const row = this.#sql.get(
      'SELECT kind, service, updated_at FROM conversation WHERE key = ?',
      conversation,
    );
    if (Number(row?.updated_at) >= before) return false;
    return row?.kind !== 'service' || row.service !== null || this.#areLogsQuiet(conversation, before);
  }

  /** A service lives as long as it talks to anybody. */
  #areLogsQuiet(service: number, before: Milliseconds): boolean {
    const newest = this.#newestOfLogs(service, before);
    if (newest < before) return true;
    // So that it is not looked at again and again.
    this.#sql.run('UPDATE conversation SET updated_at = ? WHERE key = ?', newest, service);
    return false;
  }

  #newestOfLogs(service: number, before: Milliseconds): Milliseconds {
    const read = () =>
      Number(
        this.#sql.get('SELECT max(updated_at) AS at FROM conversation WHERE service = ?', service)?.at ?? 0,
      );
    const known = read();
    if (known >= before) return known;
    this.#index.settleLogsOf(service);
    return read();
  }

  /** Conversations one after another, until `limit` rows of conversations and messages are gone. */
  #deleteWithin<Name>(
    conversations: readonly Row[],
    limit: number,
    nameOf: (row: Row) => Name,
  ): Deleted<Name> {
    const deleted: Name[] = [];
    let left = limit;
    for (const row of conversations) {
      if (left <= 0) return { deleted, hasMore: true };
      const messages = this.#deleteMessagesOf(Number(row.key), left);
      left -= messages;
      if (left <= 0) return { deleted, hasMore: true };
      this.#conversations.delete(Number(row.key));
      left--;
      deleted.push(nameOf(row));
    }
    return { deleted, hasMore: conversations.length === limit };
  }

  #deleteMessagesOf(conversation: number, limit: number): number {
    this.#index.settle(conversation);
    const messages = this.#sql.all(
      'SELECT row, conversation, timestamp FROM ordered_message WHERE conversation = ? LIMIT ?',
      conversation,
      limit,
    );
    let deleted = 0;
    for (const message of messages) {
      if (deleted >= limit) break;
      deleted += deleteMessage(this.#sql, message);
    }
    return deleted;
  }
}
