import type { AppKey, ClientId, ConversationId } from '../../../domain/identifiers.ts';
import type { Statements } from '../statements.ts';

/** What is kept about clients as such. */
export class ClientWrites {
  readonly #sql: Statements;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  refuseConversation(app: AppKey, client: ClientId, conversation: ConversationId): void {
    this.#sql.run(
      'INSERT OR IGNORE INTO refused_conversation (app, client, conversation) VALUES (?, ?, ?)',
      app,
      client,
      conversation,
    );
  }

  allowConversation(app: AppKey, client: ClientId, conversation: ConversationId): void {
    this.#sql.run(
      'DELETE FROM refused_conversation WHERE app = ? AND client = ? AND conversation = ?',
      app,
      client,
      conversation,
    );
  }

  addDailyClients(app: AppKey, day: string, clients: readonly ClientId[]): void {
    for (const client of clients) {
      this.#sql.run('INSERT OR IGNORE INTO daily_client VALUES (?, ?, ?)', day, app, client);
    }
  }

  forgetDailyClients(before: string, limit: number): number {
    return this.#sql.run(
      'DELETE FROM daily_client WHERE (day, app, client) IN (SELECT day, app, client FROM daily_client WHERE day < ? LIMIT ?)',
      before,
      limit,
    );
  }
}
