import type { App } from '../app/app.ts';
import type { ClientId, ConversationId } from '../identifiers.ts';
import type { World } from '../world.ts';
import { listUnread } from './list-unread.ts';

/** Unread messages of a client, in one conversation or in all. Where it is no member, there are none. */
export async function countUnread(
  world: World,
  app: App,
  client: ClientId,
  conversation?: ConversationId,
): Promise<number> {
  const { states } = await listUnread(world, app, client, 0);
  return states
    .filter((state) => conversation === undefined || state.conversation.id === conversation)
    .reduce((sum, { count }) => sum + count, 0);
}
