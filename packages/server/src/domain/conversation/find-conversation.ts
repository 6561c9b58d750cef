import type { App } from '../app/app.ts';
import { ImError } from '../errors.ts';
import type { ConversationId } from '../identifiers.ts';
import type { World } from '../world.ts';
import type { Conversation } from './known-conversation.ts';

/**
 * The conversation an operation addresses. Anything but sending answers 4303 where there is none
 * (`semantics §16.1`, ruling 2).
 *
 * @throws ImError CONVERSATION_NOT_FOUND
 */
export async function findConversation(world: World, app: App, id: ConversationId): Promise<Conversation> {
  const conversation = world.conversations.get(app.key, id) ?? (await world.conversations.load(app.key, id));
  if (conversation === undefined) {
    throw new ImError(
      'CONVERSATION_NOT_FOUND',
      `There is no conversation ${id}; it may have expired or been deleted.`,
    );
  }
  return conversation;
}
