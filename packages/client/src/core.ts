import type { CacheKeeper } from './cache/cache-keeper.ts';
import type { ClientEvents } from './client-events.ts';
import type { Conversation } from './conversations/conversation.ts';
import type { ConversationEvents } from './conversations/conversation-events.ts';
import type { Conversations } from './conversations/conversations.ts';
import type { Emitter } from './events.ts';
import type { MessageParser } from './messages/message-parser.ts';
import type { Messages } from './messages/messages.ts';
import type { Session } from './session/session.ts';

/** The parts of one client, for each other. */
export interface Core {
  readonly session: Session;
  readonly parser: MessageParser;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly events: Emitter<ClientEvents>;
  /** Where the app wants one. */
  readonly cache: CacheKeeper | undefined;
}

/** Tells who listens to the conversation, and who listens to the client. */
export function tell<Name extends keyof ConversationEvents>(
  core: Core,
  conversation: Conversation,
  name: Name,
  payload: Omit<ConversationEvents[Name], 'conversation'>,
): void {
  const complete = { ...payload, conversation } as ConversationEvents[Name];
  conversation.emit(name, complete);
  core.events.emit(name, complete as ClientEvents[Name]);
}
