import type { App } from '../app/app.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import type { ClientId, ConversationId } from '../identifiers.ts';
import type { World } from '../world.ts';

/** Of each conversation, whether the client is in it. Unknown conversations: no. */
export async function checkMembership(
  world: World,
  app: App,
  client: ClientId,
  ids: readonly ConversationId[],
): Promise<Readonly<Record<ConversationId, boolean>>> {
  const conversations = await Promise.all(ids.map((id) => world.conversations.load(app.key, id)));
  return Object.fromEntries(ids.map((id, index) => [id, isIn(world, conversations[index], client)]));
}

function isIn(world: World, conversation: Conversation | undefined, client: ClientId): boolean {
  if (conversation?.kind === 'chat-room') return world.rooms.isIn(conversation.key, client);
  return conversation?.memberSet.has(client) ?? false;
}
