import type { AppKey, Milliseconds } from '../../../domain/identifiers.ts';
import type { DeadLetter, LoggedEvent, LogPlace, WebhookName } from '../../../domain/ports/webhooks.ts';
import type { Statements } from '../statements.ts';

export class WebhookWrites {
  readonly #sql: Statements;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  setPosition(app: AppKey, webhook: WebhookName, place: LogPlace): void {
    this.#sql.run(
      `INSERT INTO webhook_position (app, webhook, place) VALUES (?1, ?2, ?3)
         ON CONFLICT (app, webhook) DO UPDATE SET place = ?3`,
      app,
      webhook,
      place,
    );
  }

  addEvent(app: AppKey, { at, data }: Omit<LoggedEvent, 'place'>): void {
    this.#sql.run(
      'INSERT INTO webhook_event (app, at, data) VALUES (?, ?, ?)',
      app,
      at,
      JSON.stringify(data),
    );
  }

  forgetEvents(app: AppKey, from: LogPlace, to: LogPlace): void {
    this.#sql.run('DELETE FROM webhook_event WHERE app = ? AND id > ? AND id <= ?', app, from, to);
  }

  giveUp(app: AppKey, webhook: WebhookName, letter: Omit<DeadLetter, 'id' | 'webhook'>): void {
    this.#sql.run(
      `INSERT INTO dead_letter (app, webhook, from_place, to_place, messages, error, at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      app,
      webhook,
      letter.from,
      letter.to,
      letter.messages,
      letter.error,
      letter.at,
    );
    this.setPosition(app, webhook, letter.to);
  }

  removeDeadLetter(app: AppKey, id: number): boolean {
    return this.#sql.run('DELETE FROM dead_letter WHERE app = ? AND id = ?', app, id) > 0;
  }

  deleteOld(app: AppKey, before: Milliseconds, limit: number): number {
    // The first of the app are its oldest, so no more of them need to be looked at.
    const deleteFrom = (table: string) =>
      this.#sql.run(
        `DELETE FROM ${table} WHERE id IN (
           SELECT id FROM (SELECT id, at FROM ${table} WHERE app = ? ORDER BY id LIMIT ?) WHERE at < ?
         )`,
        app,
        limit,
        before,
      );
    return deleteFrom('dead_letter') + deleteFrom('webhook_event');
  }
}
