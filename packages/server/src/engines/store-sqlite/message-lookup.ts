import type { ConversationKey, MessageId, Milliseconds } from '../../domain/identifiers.ts';
import type { StoredMessage } from '../../domain/message/message.ts';
import type { UnreadState } from '../../domain/ports/member-states.ts';
import { timestampOfMessageId } from '../../domain/ports/message-id.ts';
import { countHidden, notHidden } from './hidden-messages.ts';
import { MESSAGE_COLUMNS, messageOf } from './rows.ts';
import type { Row, Statements } from './statements.ts';

/**
 * A message by its id. Ids carry their time, and within a conversation a time names one message, so the order
 * of the conversation serves; an id made elsewhere is looked for at the hint.
 */
export function findMessage(
  sql: Statements,
  conversation: ConversationKey,
  id: MessageId,
  hint?: Milliseconds,
): StoredMessage | undefined {
  for (const timestamp of [timestampOfMessageId(id), hint]) {
    if (timestamp === undefined) continue;
    const row = sql.get(
      `SELECT ${MESSAGE_COLUMNS} FROM ordered_message WHERE conversation = ? AND timestamp = ? AND id = ?`,
      conversation,
      timestamp,
      id,
    );
    if (row !== undefined) return messageOf(row);
  }
  return undefined;
}

export function lastMessage(sql: Statements, conversation: ConversationKey): StoredMessage | undefined {
  const row = sql.get(
    `SELECT ${MESSAGE_COLUMNS} FROM ordered_message WHERE conversation = ? ORDER BY timestamp DESC LIMIT 1`,
    conversation,
  );
  return row === undefined ? undefined : messageOf(row);
}

function lastVisible(
  sql: Statements,
  conversation: ConversationKey,
  client: string,
): StoredMessage | undefined {
  const row = sql.get(
    `SELECT ${MESSAGE_COLUMNS} FROM ordered_message WHERE conversation = ? AND ${notHidden('ordered_message', '?')}
      ORDER BY timestamp DESC LIMIT 1`,
    conversation,
    client,
  );
  return row === undefined ? undefined : messageOf(row);
}

/**
 * @param conversation its `key`, `id` and `kind`
 * @param hides whether some of its messages are hidden from the client
 */
export function unreadState(
  sql: Statements,
  conversation: Row,
  client: string,
  readTo: number,
  hides = false,
): UnreadState {
  const key = Number(conversation.key);
  const count = sql.get(
    'SELECT count(*) AS n FROM message_order WHERE conversation = ? AND timestamp > ? AND sender <> ?',
    key,
    readTo,
    client,
  );
  const last = hides ? lastVisible(sql, key, client) : lastMessage(sql, key);
  const hidden = hides ? countHidden(sql, key, client, readTo) : 0;
  return {
    conversation: {
      key,
      id: conversation.id as string,
      kind: conversation.kind as UnreadState['conversation']['kind'],
    },
    count: Number(count?.n) - notForMe(sql, key, client, readTo) - hidden,
    mentioned: isMentioned(sql, key, client, readTo, hides),
    ...(last !== undefined && { lastMessage: last }),
  };
}

/**
 * Messages of others that are in the index and not unread for this client (`MessageDraft.receivers`): what is in the log
 * only is not counted yet, so nothing is taken off for it.
 */
function notForMe(sql: Statements, conversation: number, client: string, readTo: number): number {
  const found = sql.get(
    `SELECT count(*) AS n FROM message
      WHERE conversation = ?1 AND timestamp > ?2 AND receivers IS NOT NULL AND sender <> ?3
        AND timestamp <= (SELECT max(timestamp) FROM message_order WHERE conversation = ?1)
        AND NOT EXISTS (SELECT 1 FROM json_each(receivers) WHERE value = ?3)`,
    conversation,
    readTo,
    client,
  );
  return Number(found?.n);
}

function isMentioned(
  sql: Statements,
  conversation: number,
  client: string,
  readTo: number,
  hides: boolean,
): boolean {
  const found = sql.get(
    `SELECT 1 FROM message
      WHERE conversation = ?1 AND timestamp > ?2 AND (mentions IS NOT NULL OR mention_all = 1) AND sender <> ?3
        AND (receivers IS NULL OR EXISTS (SELECT 1 FROM json_each(receivers) WHERE value = ?3))
        AND (mention_all = 1 OR EXISTS (SELECT 1 FROM json_each(mentions) WHERE value = ?3))
        ${hides ? `AND ${notHidden('message', '?3')}` : ''}
      LIMIT 1`,
    conversation,
    readTo,
    client,
  );
  return found !== undefined;
}
