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
  conversation.unreadCounter.told(tuple.unread ?? 0, tuple.mentioned ?? false, tuple.timestamp ?? notifTime);
  conversation.applyUnread();
}
