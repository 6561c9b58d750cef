import type { AppKey, ClientId, ConversationId } from '../../../domain/identifiers.ts';
import type { RoomAbsence } from '../../../domain/ports/room-absences.ts';
import type { TagHolder } from '../../../domain/ports/tag-holders.ts';
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

  keepRoomAbsences(absences: readonly RoomAbsence[]): void {
    for (const { name, app, client, room, until } of absences) {
      this.#sql.run(
        'INSERT OR REPLACE INTO room_absence (name, app, client, room, until) VALUES (?, ?, ?, ?, ?)',
        name,
        app,
        client,
        room,
        until,
      );
    }
  }

  takeRoomAbsences(): readonly RoomAbsence[] {
    const rows = this.#sql.all('SELECT name, app, client, room, until FROM room_absence ORDER BY until');
    this.#sql.run('DELETE FROM room_absence');
    return rows.map((row) => ({
      name: row.name as string,
      app: Number(row.app),
      client: row.client as string,
      room: Number(row.room),
      until: Number(row.until),
    }));
  }

  putTagHolder({ app, client, tag, device }: TagHolder): void {
    // Replaced, not updated: the row is to have the newest key.
    this.#sql.run(
      'INSERT OR REPLACE INTO tag_holder (app, client, tag, device) VALUES (?, ?, ?, ?)',
      app,
      client,
      tag,
      device,
    );
  }

  removeTagHolder({ app, client, tag, device }: TagHolder): void {
    this.#sql.run(
      'DELETE FROM tag_holder WHERE app = ? AND client = ? AND tag = ? AND device = ?',
      app,
      client,
      tag,
      device,
    );
  }

  forgetTagHolders(kept: number, limit: number): number {
    return this.#sql.run(
      `DELETE FROM tag_holder WHERE key IN (
         SELECT key FROM tag_holder ORDER BY key LIMIT min(?, max(0, (SELECT count(*) FROM tag_holder) - ?)))`,
      limit,
      kept,
    );
  }
}
