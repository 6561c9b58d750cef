import type { UnreadTuple } from '@parley/protocol/wire';
import type { Conversation } from '../conversations/conversation.ts';
import type { Core } from '../core.ts';

/** How much this client has not read, as of the newest message the server names. */
export function unreadPushed(
  core: Core,
  conversation: Conversation,
  tuple: UnreadTuple,
  notifTime: number,
): void {
  const message = core.parser.fromUnread(tuple);
  if (message !== undefined) conversation.applyMessage(message);
  const { unread = 0, mentioned = false, timestamp } = tuple;
  // Where nothing was said yet the server names no message. The next one may be of the same millisecond as this count,
  // or of an earlier one, and is unread all the same.
  const asOf = timestamp ?? (unread === 0 ? (conversation.lastMessage?.timestamp ?? 0) : notifTime);
  if (core.messages.readMarks.isOutdated(conversation.id, unread, asOf)) return;
  conversation.unreadCounter.told(unread, mentioned, asOf, Math.max(asOf, notifTime));
  conversation.applyUnread();
}
