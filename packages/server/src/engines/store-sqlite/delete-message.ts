import type { Row, Statements } from './statements.ts';

/**
 * Deletes a message everywhere. Its conversation must be settled (`writer/message-index.ts`).
 *
 * @param message its `row`, `conversation` and `timestamp`
 * @returns how much that was: one, and one more for each client the message was hidden from
 */
export function deleteMessage(sql: Statements, message: Row): number {
  const place = [message.conversation as number, message.timestamp as number] as const;
  sql.run('DELETE FROM message_order WHERE conversation = ? AND timestamp = ?', ...place);
  const row = message.row as number;
  sql.run('DELETE FROM message WHERE row = ?', row);
  sql.run('DELETE FROM received_message WHERE row = ?', row);
  sql.run('DELETE FROM logged_message WHERE row = ?', row);
  return 1 + sql.run('DELETE FROM hidden_message WHERE log = ? AND timestamp = ?', ...place);
}
