import type { AppKey, ConversationId, Milliseconds } from '../../../domain/identifiers.ts';
import type { Statements } from '../statements.ts';
import type { ConversationWrites } from './conversation-writes.ts';
import type { MessageCounters } from './message-counters.ts';

/** Rows looked at for each row that may be deleted, so that one call stays short whatever it finds. */
const LOOKS_PER_DELETION = 20;
/** Messages deleted at most for one conversation; the conversation itself goes when none is left. */
const MESSAGES_PER_CONVERSATION = 2000;

/** Bounded batches of deletion, called by jobs. */
export class RetentionWrites {
  readonly #sql: Statements;
  readonly #conversations: ConversationWrites;
  readonly #counters: MessageCounters;
  /** Per app, up to which row of the log everything old is gone. The log is in order of time, or nearly. */
  readonly #cleanedTo = new Map<AppKey, number>();
  #tokensForgottenTo = 0;

  constructor(sql: Statements, conversations: ConversationWrites, counters: MessageCounters) {
    this.#sql = sql;
    this.#conversations = conversations;
    this.#counters = counters;
  }

  deleteMessages(app: AppKey, before: Milliseconds, limit: number): number {
    // What the log alone knows of a conversation must be in its row before the log loses it.
    this.#counters.flush();
    let deleted = 0;
    let cleanedTo = this.#cleanedTo.get(app) ?? 0;
    const rows = this.#sql.all(
      `SELECT m.row, m.timestamp, c.app FROM message m JOIN conversation c ON c.key = m.conversation
        WHERE m.row > ? ORDER BY m.row LIMIT ?`,
      cleanedTo,
      limit * LOOKS_PER_DELETION,
    );
    for (const row of rows) {
      if (Number(row.app) === app) {
        if (Number(row.timestamp) >= before || deleted >= limit) break;
        deleted += this.#sql.run('DELETE FROM message WHERE row = ?', row.row as number);
      }
      cleanedTo = Number(row.row);
    }
    this.#cleanedTo.set(app, cleanedTo);
    return deleted;
  }

  deleteInactiveConversations(app: AppKey, before: Milliseconds, limit: number): readonly ConversationId[] {
    this.#counters.flush();
    const inactive = this.#sql.all(
      `SELECT key, id FROM conversation WHERE app = ? AND updated_at < ? AND expires_at IS NULL
        ORDER BY updated_at LIMIT ?`,
      app,
      before,
      limit,
    );
    return inactive.flatMap((row) => (this.#deleteWhole(Number(row.key)) ? (row.id as string) : []));
  }

  deleteExpiredTemporary(
    now: Milliseconds,
    limit: number,
  ): readonly { readonly app: AppKey; readonly id: ConversationId }[] {
    const expired = this.#sql.all(
      'SELECT key, app, id FROM conversation WHERE expires_at IS NOT NULL AND expires_at <= ? ORDER BY expires_at LIMIT ?',
      now,
      limit,
    );
    return expired.flatMap((row) =>
      this.#deleteWhole(Number(row.key)) ? { app: Number(row.app), id: row.id as string } : [],
    );
  }

  forgetSendTokens(before: Milliseconds, limit: number): number {
    let forgotten = 0;
    const rows = this.#sql.all(
      'SELECT row, timestamp, token FROM message WHERE row > ? ORDER BY row LIMIT ?',
      this.#tokensForgottenTo,
      limit * LOOKS_PER_DELETION,
    );
    for (const row of rows) {
      if (Number(row.timestamp) >= before || forgotten >= limit) break;
      if (row.token !== null) {
        forgotten += this.#sql.run('UPDATE message SET token = NULL WHERE row = ?', row.row as number);
      }
      this.#tokensForgottenTo = Number(row.row);
    }
    return forgotten;
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

  deleteClosedSessions(now: Milliseconds, limit: number): number {
    return this.#sql.run(
      'DELETE FROM closed_session WHERE session IN (SELECT session FROM closed_session WHERE until <= ? LIMIT ?)',
      now,
      limit,
    );
  }

  /** False where messages are left: a large conversation goes in several batches. */
  #deleteWhole(conversation: number): boolean {
    const deleted = this.#sql.run(
      `DELETE FROM message WHERE row IN (SELECT row FROM message WHERE conversation = ? LIMIT ${MESSAGES_PER_CONVERSATION})`,
      conversation,
    );
    if (deleted === MESSAGES_PER_CONVERSATION) return false;
    this.#conversations.delete(conversation);
    return true;
  }
}
