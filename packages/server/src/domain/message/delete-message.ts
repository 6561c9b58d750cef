import { type Author, authorOf } from '../actor.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { ConversationKey, MessageId, Milliseconds } from '../identifiers.ts';
import type { World } from '../world.ts';
import { locateMessage } from './locate-message.ts';

export interface DeleteMessage {
  readonly id: MessageId;
  readonly timestamp: Milliseconds;
  /** The log of a service the message is in; absent: that of the conversation. */
  readonly log?: ConversationKey;
  /** Whose message it must be; absent: anybody's. */
  readonly of?: Author;
}

/**
 * Deletes a message from history. Nobody is told, and devices keep their copies (`rest §3.15`, F-MSG-61).
 *
 * @throws ImError MESSAGE_NOT_FOUND, MESSAGE_OWNERSHIP_REQUIRED
 */
export async function deleteMessage(
  world: World,
  conversation: Conversation,
  { id, timestamp, log = conversation.key, of }: DeleteMessage,
): Promise<void> {
  const message = await locateMessage(world, { id: conversation.id, key: log }, id, timestamp);
  const outcome = await world.store.messages.delete(log, message.id, {
    timestampHint: timestamp,
    ...(of !== undefined && { author: authorOf(of) }),
  });
  switch (outcome) {
    case 'deleted':
      return;
    case 'not-found':
      throw new ImError('MESSAGE_NOT_FOUND', `Message ${id} was just deleted.`);
    case 'not-the-author':
      throw new ImError('MESSAGE_OWNERSHIP_REQUIRED', `Message ${id} was sent by somebody else.`);
  }
}
