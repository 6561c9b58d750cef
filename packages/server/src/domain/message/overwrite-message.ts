import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { ConversationKey, MessageId, Milliseconds } from '../identifiers.ts';
import type { Overwrite } from '../ports/messages.ts';
import type { World } from '../world.ts';
import { locateMessage } from './locate-message.ts';

/**
 * Writes over the server's copy of a message. Nobody is told, and devices keep what they have (`rest §8.6`).
 *
 * @throws ImError MESSAGE_NOT_FOUND
 */
export async function overwriteMessage(
  world: World,
  conversation: Pick<Conversation, 'id'> & { readonly key: ConversationKey },
  id: MessageId,
  timestamp: Milliseconds,
  change: Omit<Overwrite, 'timestampHint'>,
): Promise<void> {
  await locateMessage(world, conversation, id, timestamp);
  const found = await world.store.messages.overwrite(conversation.key, id, {
    ...change,
    timestampHint: timestamp,
  });
  if (!found) throw new ImError('MESSAGE_NOT_FOUND', `Message ${id} was just deleted.`);
}
