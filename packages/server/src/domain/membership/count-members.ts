import type { App } from '../app/app.ts';
import { findConversation } from '../conversation/find-conversation.ts';
import { ImError } from '../errors.ts';
import type { ConversationId } from '../identifiers.ts';
import type { World } from '../world.ts';

/** How many members a conversation has, or clients are in a chat room now. Anyone may ask (`semantics §3.1`). @throws ImError CONVERSATION_NOT_FOUND */
export async function countMembers(world: World, app: App, id: ConversationId): Promise<number> {
  const conversation = await findConversation(world, app, id);
  if (conversation.kind === 'service') {
    throw new ImError('NORMAL_CONVERSATION_REQUIRED', 'The subscribers of a service are counted over REST.');
  }
  return conversation.kind === 'chat-room'
    ? world.rooms.count(conversation.key)
    : conversation.members.length;
}
