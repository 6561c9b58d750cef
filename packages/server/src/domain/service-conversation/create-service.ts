import type { App } from '../app/app.ts';
import { initialColumns } from '../conversation/initial-columns.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import type { JsonObject } from '../json.ts';
import type { World } from '../world.ts';

/**
 * Creates a service conversation. Only the app's own server does this (F-SYS-04), so it has no creator.
 *
 * @param attributes `name`, `attr` and top-level columns; server-controlled columns are dropped
 * @throws ImError CONVERSATION_UPDATE_FAILED (the columns are malformed or too large)
 */
export async function createService(world: World, app: App, attributes: JsonObject): Promise<Conversation> {
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
