import type { ConversationRecord } from '../../../domain/conversation/conversation.ts';
import type { AppKey, ClientId, Milliseconds } from '../../../domain/identifiers.ts';
import type { Notice } from '../../../domain/ports/notices.ts';
import type { Statements } from '../statements.ts';

/** Notices for those who are away, and the moments that order them. */
export class NoticeWrites {
  readonly #sql: Statements;
  #lastMoment: Milliseconds;

  constructor(sql: Statements) {
    this.#sql = sql;
    this.#lastMoment = Number(sql.get('SELECT max(at) AS at FROM notice')?.at ?? 0);
  }

  /** The moment of an event: now, but later than every event before it. */
  nextMoment(now: Milliseconds): Milliseconds {
    this.#lastMoment = Math.max(now, this.#lastMoment + 1);
    return this.#lastMoment;
  }

  tell(
    conversation: Pick<ConversationRecord, 'app' | 'key' | 'id' | 'kind' | 'updatedAt'>,
    recipients: readonly ClientId[],
    at: Milliseconds,
    by: ClientId | undefined,
    what: Notice['what'],
  ): void {
    if (recipients.length === 0) return;
    this.#insert(conversation.app, recipients, {
      at,
      conversation: { key: conversation.key, id: conversation.id, kind: conversation.kind },
      updatedAt: conversation.updatedAt,
      ...(by !== undefined && { by }),
      what,
    });
  }

  #insert(app: AppKey, recipients: readonly ClientId[], notice: Notice): void {
    const key = this.#sql.insert(
      'INSERT INTO notice (app, at, content) VALUES (?, ?, ?)',
      app,
      notice.at,
      JSON.stringify(notice),
    );
    for (const client of new Set(recipients)) {
      this.#sql.run('INSERT INTO notice_recipient VALUES (?, ?, ?)', app, client, key);
    }
  }
}
