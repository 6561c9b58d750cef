import type { App } from '../app/app.ts';
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
  return Object.fromEntries(
    ids.map((id, index) => [id, conversations[index]?.memberSet.has(client) ?? false]),
  );
}
