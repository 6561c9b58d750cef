import type { ClientId, ConversationKey, Milliseconds } from '../../domain/identifiers.ts';
import type { Statements } from './statements.ts';

/**
 * What was said to all subscribers of a service and is hidden from some of them (`ServiceRepository.hide`). Nearly no
 * client has any of it, so a read of many messages looks once whether there is something, and only then at each message.
 */
export function hasHidden(sql: Statements, log: ConversationKey, client: ClientId): boolean {
  return (
    sql.get('SELECT 1 FROM hidden_message WHERE log = ? AND client = ? LIMIT 1', log, client) !== undefined
  );
}

/**
 * A condition on messages.
 *
 * @param message the table they are in
 * @param client the parameter that names the client
 */
export function notHidden(message: string, client: string): string {
  return `NOT EXISTS (SELECT 1 FROM hidden_message h
             WHERE h.log = ${message}.conversation AND h.client = ${client} AND h.timestamp = ${message}.timestamp)`;
}

/** Messages of others after a moment that are hidden. */
export function countHidden(
  sql: Statements,
  log: ConversationKey,
  client: ClientId,
  after: Milliseconds,
): number {
  const found = sql.get(
    `SELECT count(*) AS n FROM hidden_message h
       JOIN message_order o ON o.conversation = h.log AND o.timestamp = h.timestamp
      WHERE h.log = ?1 AND h.client = ?2 AND h.timestamp > ?3 AND o.sender <> ?2`,
    log,
    client,
    after,
  );
  return Number(found?.n);
}

/** The clients that do not see a message; `undefined` where there are none. */
export function hiddenFrom(
  sql: Statements,
  log: ConversationKey,
  timestamp: Milliseconds,
): readonly ClientId[] | undefined {
  const rows = sql.all('SELECT client FROM hidden_message WHERE log = ? AND timestamp = ?', log, timestamp);
  return rows.length === 0 ? undefined : rows.map((row) => row.client as string);
}
