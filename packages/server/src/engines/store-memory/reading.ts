import type { ClientId, Milliseconds } from '../../domain/identifiers.ts';
import type { StoredMessage } from '../../domain/message/message.ts';
import type { UnreadState } from '../../domain/ports/member-states.ts';
import type { ConversationEntry } from './tables.ts';

export function newestUpTo(entry: ConversationEntry, timestamp: Milliseconds): Milliseconds | undefined {
  return entry.messages.findLast((message) => message.timestamp <= timestamp)?.timestamp;
}

export function unreadState(entry: ConversationEntry, client: ClientId, readTo: Milliseconds): UnreadState {
  const { key, id, kind } = entry.record;
  const unread = entry.messages.filter(
    (message) => message.timestamp > readTo && isFor(entry, message, client),
  );
  const lastMessage = entry.messages.findLast((message) => isVisible(entry, message, client));
  return {
    conversation: { key, id, kind },
    count: unread.length,
    mentioned: unread.some(({ mentions, mentionAll }) => mentionAll || mentions.includes(client)),
    ...(lastMessage !== undefined && { lastMessage }),
  };
}

/** Whether a message is somebody else's, meant for the client and not hidden from it. */
export function isFor(entry: ConversationEntry, message: StoredMessage, client: ClientId): boolean {
  const { id, sender } = message;
  return (
    sender !== client && entry.receivers.get(id)?.has(client) !== false && isVisible(entry, message, client)
  );
}

export function isVisible(entry: ConversationEntry, { id }: StoredMessage, client: ClientId): boolean {
  return entry.hidden.get(id)?.has(client) !== true;
}
