import type { AppKey, ClientId, Milliseconds, SessionId } from '../../../domain/identifiers.ts';
import type { Statements } from '../statements.ts';

export class SessionTokenWrites {
  readonly #sql: Statements;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  loadInvalidations(now: Milliseconds) {
    return {
      epochs: this.#sql.all('SELECT app, client, epoch FROM client_epoch').map((row) => ({
        app: Number(row.app),
        client: row.client as string,
        epoch: Number(row.epoch),
      })),
      closedSessions: this.#sql
        .all('SELECT session, until FROM closed_session WHERE until > ?', now)
        .map((row) => ({
          session: row.session as string,
          until: Number(row.until),
        })),
    };
  }

  raiseEpoch(app: AppKey, client: ClientId, now: Milliseconds): number {
    const row = this.#sql.get(
      `INSERT INTO client_epoch VALUES (?1, ?2, ?3)
       ON CONFLICT (app, client) DO UPDATE SET epoch = max(epoch + 1, ?3) RETURNING epoch`,
      app,
      client,
      now,
    );
    return Number(row?.epoch);
  }

  closeSession(session: SessionId, until: Milliseconds): void {
    this.#sql.run(
      'INSERT INTO closed_session VALUES (?1, ?2) ON CONFLICT (session) DO UPDATE SET until = max(until, ?2)',
      session,
      until,
    );
  }
}
