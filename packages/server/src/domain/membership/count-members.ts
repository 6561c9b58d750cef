import type { App } from '../app/app.ts';
import { findConversation } from '../conversation/find-conversation.ts';
import type { ConversationId } from '../identifiers.ts';
import type { World } from '../world.ts';

/** How many members a conversation has. Anyone may ask (`semantics §3.1`). @throws ImError CONVERSATION_NOT_FOUND */
export async function countMembers(world: World, app: App, id: ConversationId): Promise<number> {
  return (await findConversation(world, app, id)).members.length;
}
