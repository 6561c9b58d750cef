import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { MessageId, Milliseconds } from '../identifiers.ts';
import type { World } from '../world.ts';
import type { StoredMessage } from './message.ts';

/**
 * A message by id and time: the two together name it, and another time is another message (`rest §1.5`).
 *
 * @throws ImError MESSAGE_NOT_FOUND
 */
export async function locateMessage(
  world: World,
  conversation: Pick<Conversation, 'id' | 'key'>,
  id: MessageId,
  timestamp: Milliseconds,
): Promise<StoredMessage> {
  const message = await world.store.messages.find(conversation.key, id, timestamp);
  if (message === undefined || message.timestamp !== timestamp) {
    throw new ImError(
      'MESSAGE_NOT_FOUND',
      `There is no message ${id} of ${timestamp} in conversation ${conversation.id}.`,
    );
  }
  return message;
}
