import type { App } from '../app/app.ts';
import type { ConversationId } from '../identifiers.ts';
import type { Broadcast } from '../ports/services.ts';
import type { World } from '../world.ts';
import { findService } from './find-service.ts';

/**
 * Broadcasts of a service that are still delivered, the newest first (`rest §5.3.5`).
 *
 * @throws ImError CONVERSATION_NOT_FOUND, SYSTEM_CONVERSATION_REQUIRED
 */
export async function listBroadcasts(
  world: World,
  app: App,
  id: ConversationId,
  skip: number,
  limit: number,
): Promise<readonly Broadcast[]> {
  const service = await findService(world, app, id);
  return world.store.services.broadcasts(service, world.clock.now(), skip, limit);
}
