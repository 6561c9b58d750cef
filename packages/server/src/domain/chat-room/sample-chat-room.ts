import type { App } from '../app/app.ts';
import { findConversation } from '../conversation/find-conversation.ts';
import { ImError } from '../errors.ts';
import type { ClientId, ConversationId } from '../identifiers.ts';
import type { World } from '../world.ts';

const MAX_SAMPLE = 50;

/**
 * Some of the clients in a chat room, at most 50, by chance: rooms have no list of members (`semantics §6.10`).
 *
 * @throws ImError CONVERSATION_NOT_FOUND, TRANSIENT_CONVERSATION_REQUIRED
 */
export async function sampleChatRoom(
  world: World,
  app: App,
  id: ConversationId,
  limit: number = MAX_SAMPLE,
): Promise<readonly ClientId[]> {
  const room = await findConversation(world, app, id);
  if (room.kind !== 'chat-room') {
    throw new ImError('TRANSIENT_CONVERSATION_REQUIRED', `Conversation ${id} is no chat room.`);
  }
  return world.rooms.sample(room.key, Math.max(1, Math.min(Math.trunc(limit), MAX_SAMPLE)));
}
