import type { AppKey, ClientId, Milliseconds } from '../../../domain/identifiers.ts';
import type { Ban } from '../../../domain/ports/bans.ts';
import type { Statements } from '../statements.ts';

export class BanWrites {
  readonly #sql: Statements;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  put(app: AppKey, { client, since, until, reason }: Ban): void {
    this.#sql.run(
      `INSERT INTO ban (app, client, since, until, reason) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (app, client) DO UPDATE SET since = ?3, until = ?4, reason = ?5`,
      app,
      client,
      since,
      until ?? null,
      reason,
    );
  }

  lift(app: AppKey, client: ClientId): boolean {
    return this.#sql.run('DELETE FROM ban WHERE app = ? AND client = ?', app, client) > 0;
  }

  deleteEnded(now: Milliseconds, limit: number): number {
    return this.#sql.run(
      'DELETE FROM ban WHERE (app, client) IN (SELECT app, client FROM ban WHERE until <= ? LIMIT ?)',
      now,
      limit,
    );
  }
}
