import type { AppKey, ConversationId, Milliseconds } from '../../../domain/identifiers.ts';
import type { Row, Statements } from '../statements.ts';
import type { ConversationWrites } from './conversation-writes.ts';
import type { LogProgress } from './log-progress.ts';
import type { MessageIndex } from './message-index.ts';

/** Rows looked at for each row that may be deleted, so that one call stays short whatever it finds. */
const LOOKS_PER_DELETION = 20;
/** Messages deleted at most for one conversation; the conversation itself goes when none is left. */
const MESSAGES_PER_CONVERSATION = 2000;

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
    // What the log alone knows of a conversation must be in its row before the log loses it.
    this.#index.settleAll();
    let deleted = 0;
    let cleanedTo = this.#progress.of(app);
    const rows = this.#sql.all(
      `SELECT m.row, m.conversation, m.timestamp, m.token, m.sender, c.app FROM message m JOIN conversation c ON c.key = m.conversation
        WHERE m.row > ? ORDER BY m.row LIMIT ?`,
      cleanedTo,
      limit * LOOKS_PER_DELETION,
    );
    for (const row of rows) {
      if (Number(row.app) === app) {
        if (Number(row.timestamp) >= before || deleted >= limit) break;
        this.#deleteMessage(row);
        deleted++;
      }
      cleanedTo = Number(row.row);
    }
    this.#progress.set(app, cleanedTo);
    return deleted;
  }

  deleteInactiveConversations(app: AppKey, before: Milliseconds, limit: number): readonly ConversationId[] {
    this.#index.settleAll();
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
    this.#index.settleAll();
    let forgotten = 0;
    const rows = this.#sql.all(
      'SELECT row, conversation, timestamp, sender, token FROM message WHERE row > ? ORDER BY row LIMIT ?',
      this.#progress.of('tokens'),
      limit * LOOKS_PER_DELETION,
    );
    for (const row of rows) {
      if (Number(row.timestamp) >= before || forgotten >= limit) break;
      forgotten += this.#forgetToken(row);
      this.#progress.set('tokens', Number(row.row));
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

  #deleteMessage(row: Row): void {
    this.#forgetToken(row);
    this.#sql.run(
      'DELETE FROM message_order WHERE conversation = ? AND timestamp = ?',
      row.conversation as number,
      row.timestamp as number,
    );
    this.#sql.run('DELETE FROM message WHERE row = ?', row.row as number);
  }

  /** How many there were: one or none. */
  #forgetToken({ conversation, token, sender }: Row): number {
    if (token === null) return 0;
    return this.#sql.run(
      'DELETE FROM message_token WHERE conversation = ? AND token = ? AND sender = ?',
      conversation as number,
      token as string,
      sender as string,
    );
  }

  /** False where messages are left: a large conversation goes in several batches. */
  #deleteWhole(conversation: number): boolean {
    this.#index.settle(conversation);
    const messages = this.#sql.all(
      `SELECT row, conversation, timestamp, sender, token FROM ordered_message WHERE conversation = ?
        LIMIT ${MESSAGES_PER_CONVERSATION}`,
      conversation,
    );
    for (const message of messages) this.#deleteMessage(message);
    if (messages.length === MESSAGES_PER_CONVERSATION) return false;
    this.#conversations.delete(conversation);
    return true;
  }
}
