import type { ConversationRecord } from '../../../domain/conversation/conversation.ts';
import type { ClientId, ConversationKey, Milliseconds } from '../../../domain/identifiers.ts';
import type { StoredMessage } from '../../../domain/message/message.ts';
import { MESSAGE_COLUMNS, messageOf } from '../rows.ts';
import type { Statements } from '../statements.ts';

/** Messages of others after a moment, newest first. */
export function newestAfter(
  sql: Statements,
  log: ConversationKey,
  after: Milliseconds,
  client: ClientId,
  limit: number,
): readonly StoredMessage[] {
  return sql
    .all(
      `SELECT ${MESSAGE_COLUMNS} FROM ordered_message o WHERE conversation = ?1 AND timestamp > ?2 AND sender <> ?3
          AND NOT EXISTS (SELECT 1 FROM message m WHERE m.row = o.row AND m.receivers IS NOT NULL
                             AND NOT EXISTS (SELECT 1 FROM json_each(m.receivers) WHERE value = ?3))
        ORDER BY timestamp DESC LIMIT ?4`,
      log,
      after,
      client,
      limit,
    )
    .map(messageOf);
}

/** @param newest newest first, one more than the limit where there are more */
export function missed(conversation: ConversationRecord, newest: readonly StoredMessage[], limit: number) {
  return { conversation, messages: newest.slice(0, limit).reverse(), hasMore: newest.length > limit };
}

export function messagesPatchedSince(
  sql: Statements,
  conversation: ConversationRecord,
  log: ConversationKey,
  since: Milliseconds,
  limit: number,
) {
  const messages = sql.all(
    `SELECT ${MESSAGE_COLUMNS} FROM message WHERE conversation = ? AND patched_at > ? ORDER BY patched_at LIMIT ?`,
    log,
    since,
    limit,
  );
  return messages.map((message) => ({ conversation, message: messageOf(message) }));
}
