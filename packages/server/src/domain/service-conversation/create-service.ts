import type { App } from '../app/app.ts';
import { initialColumns } from '../conversation/initial-columns.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { countConversations } from '../conversation/query-conversations.ts';
import { ImError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { World } from '../world.ts';

/**
 * Creates a service conversation. Only the app's own server does this (F-SYS-04), so it has no creator.
 *
 * @param attributes `name`, `attr` and top-level columns; server-controlled columns are dropped
 * @throws ImError CONVERSATION_UPDATE_FAILED (the columns are malformed or too large), CONVERSATION_API_QUOTA_EXCEEDED
 */
export async function createService(world: World, app: App, attributes: JsonObject): Promise<Conversation> {
  await requireRoom(world, app);
  const { conversation } = await world.store.conversations.create({
    app: app.key,
    id: world.random.conversationId(),
    kind: 'service',
    columns: initialColumns(attributes),
    members: [],
    unique: false,
    now: world.clock.now(),
  });
  return world.conversations.put(conversation);
}

/** Two that are created at the same moment may both find the last place; that hurts nobody. */
async function requireRoom(world: World, app: App): Promise<void> {
  const most = app.settings.maxServiceConversations;
  const count = await countConversations(world, { app }, { kind: 'service' });
  if (count >= most) {
    throw new ImError(
      'CONVERSATION_API_QUOTA_EXCEEDED',
      `The app has ${count} services already; ${most} are allowed.`,
    );
  }
}
