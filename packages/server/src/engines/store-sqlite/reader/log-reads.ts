import type { ConversationRecord } from '../../../domain/conversation/conversation.ts';
import type { ClientId, ConversationKey, Milliseconds } from '../../../domain/identifiers.ts';
import type { StoredMessage } from '../../../domain/message/message.ts';
import { notHidden } from '../hidden-messages.ts';
import { MESSAGE_COLUMNS, messageOf } from '../rows.ts';
import type { Statements } from '../statements.ts';

/**
 * Messages of others after a moment, newest first.
 *
 * @param hides whether some are hidden from the client
 */
export function newestAfter(
  sql: Statements,
  log: ConversationKey,
  after: Milliseconds,
  client: ClientId,
  limit: number,
  hides = false,
): readonly StoredMessage[] {
  return sql
    .all(
      `SELECT ${MESSAGE_COLUMNS} FROM ordered_message o WHERE conversation = ?1 AND timestamp > ?2 AND sender <> ?3
          AND NOT EXISTS (SELECT 1 FROM message m WHERE m.row = o.row AND m.receivers IS NOT NULL
                             AND NOT EXISTS (SELECT 1 FROM json_each(m.receivers) WHERE value = ?3))
          ${hides ? `AND ${notHidden('o', '?3')}` : ''}
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

/** @param exceptHiddenFrom a client from which some are hidden */
export function messagesPatchedSince(
  sql: Statements,
  conversation: ConversationRecord,
  log: ConversationKey,
  since: Milliseconds,
  limit: number,
  exceptHiddenFrom?: ClientId,
) {
  const messages = sql.all(
    `SELECT ${MESSAGE_COLUMNS} FROM message WHERE conversation = ? AND patched_at > ?
        ${exceptHiddenFrom === undefined ? '' : `AND ${notHidden('message', '?')}`}
      ORDER BY patched_at LIMIT ?`,
    log,
    since,
    ...(exceptHiddenFrom === undefined ? [] : [exceptHiddenFrom]),
    limit,
  );
  return messages.map((message) => ({ conversation, message: messageOf(message) }));
}
