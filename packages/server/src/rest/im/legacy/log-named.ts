import type { App } from '../../../domain/app/app.ts';
import { findConversation } from '../../../domain/conversation/find-conversation.ts';
import type { Conversation } from '../../../domain/conversation/known-conversation.ts';
import type { ClientId, ConversationKey } from '../../../domain/identifiers.ts';
import type { World } from '../../../domain/world.ts';
import { conversationIdOf } from '../collection.ts';

/** What a `convid` names: the log of a conversation, or what passed between a service and one client. */
export interface NamedLog {
  readonly conversation: Conversation;
  readonly key: ConversationKey;
  /** Whose exchange with the service it is. */
  readonly client?: ClientId;
}

/** @throws ImError CONVERSATION_NOT_FOUND */
export async function logNamed(world: World, app: App, convid: string): Promise<NamedLog> {
  const id = conversationIdOf(convid);
  // A padded id has the same length, and became an id of 24 digits above.
  if (/^[0-9a-f]{32}$/.test(id)) {
    const exchange = await world.store.services.exchangeNamed(app.key, id);
    if (exchange !== undefined) {
      const conversation = await findConversation(world, app, exchange.service);
      const { own = conversation.key } = await world.store.services.logsOf(conversation, exchange.client);
      return { conversation, key: own, client: exchange.client };
    }
  }
  const conversation = await findConversation(world, app, id);
  return { conversation, key: conversation.key };
}
