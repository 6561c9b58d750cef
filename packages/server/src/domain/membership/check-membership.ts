import type { App } from '../app/app.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import type { ClientId, ConversationId, ConversationKey } from '../identifiers.ts';
import type { World } from '../world.ts';

/** Of each conversation, whether the client is in it or subscribed to it. Unknown conversations: no. */
export async function checkMembership(
  world: World,
  app: App,
  client: ClientId,
  ids: readonly ConversationId[],
): Promise<Readonly<Record<ConversationId, boolean>>> {
  const conversations = await Promise.all(ids.map((id) => world.conversations.load(app.key, id)));
  const services = conversations.flatMap((one) => (one?.kind === 'service' ? one.key : []));
  const subscriptions =
    services.length === 0 ? [] : await world.store.services.subscriptions(client, services);
  const subscribed = new Set(subscriptions.map(({ service }) => service.key));
  return Object.fromEntries(
    ids.map((id, index) => [id, isIn(world, conversations[index], client, subscribed)]),
  );
}

function isIn(
  world: World,
  conversation: Conversation | undefined,
  client: ClientId,
  subscribed: ReadonlySet<ConversationKey>,
): boolean {
  if (conversation?.kind === 'service') return subscribed.has(conversation.key);
  if (conversation?.kind === 'chat-room') return world.rooms.isIn(conversation.key, client);
  return conversation?.memberSet.has(client) ?? false;
}
