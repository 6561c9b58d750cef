import type { Operator } from '../actor.ts';
import { ImError } from '../errors.ts';
import type { World } from '../world.ts';
import type { Conversation } from './known-conversation.ts';

/**
 * Deletes a conversation of any kind, temporary ones before their time. Nobody is told: clients learn of it when they
 * use it (`rest §3.4`, F-TMP-10). Its messages cannot be read any more, and go bit by bit.
 *
 * @throws ImError CONVERSATION_NOT_FOUND
 */
export async function deleteConversation(
  world: World,
  operator: Operator,
  conversation: Conversation,
): Promise<void> {
  const deleted = await world.store.conversations.delete(conversation);
  world.conversations.forget(operator.app.key, conversation.id);
  if (!deleted) {
    throw new ImError('CONVERSATION_NOT_FOUND', `Conversation ${conversation.id} was just deleted.`);
  }
}
