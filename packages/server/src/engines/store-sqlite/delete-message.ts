import type { Row, Statements } from './statements.ts';

/**
 * Deletes a message everywhere. Its conversation must be settled (`writer/message-index.ts`).
 *
 * @param message its `row`, `conversation`, `timestamp`, `sender` and `token`
 * @returns how much that was: one, and one more for each client the message was hidden from
 */
export function deleteMessage(sql: Statements, message: Row): number {
  forgetToken(sql, message);
  const place = [message.conversation as number, message.timestamp as number] as const;
  sql.run('DELETE FROM message_order WHERE conversation = ? AND timestamp = ?', ...place);
  const row = message.row as number;
  sql.run('DELETE FROM message WHERE row = ?', row);
  sql.run('DELETE FROM received_message WHERE row = ?', row);
  sql.run('DELETE FROM logged_message WHERE row = ?', row);
  return 1 + sql.run('DELETE FROM hidden_message WHERE log = ? AND timestamp = ?', ...place);
}

/** How many there were: one or none. */
export function forgetToken(sql: Statements, { conversation, token, sender }: Row): number {
  if (token === null) return 0;
  return sql.run(
    'DELETE FROM message_token WHERE conversation = ? AND token = ? AND sender = ?',
    conversation as number,
    token as string,
    sender as string,
  );
}
