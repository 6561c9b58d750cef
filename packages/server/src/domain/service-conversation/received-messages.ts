import type { App } from '../app/app.ts';
import type { ReceivedMessage, ReceivedQuery } from '../ports/services.ts';
import type { World } from '../world.ts';

const MAX_LIMIT = 1000;

/** What clients said to the app's services, for its own server (`semantics §7.2`). At most 1,000 at once. */
export function listReceived(
  world: World,
  app: App,
  query: Omit<ReceivedQuery, 'app'>,
): Promise<readonly ReceivedMessage[]> {
  const limit = Math.max(0, Math.min(Math.trunc(query.limit), MAX_LIMIT));
  return world.store.services.received({ ...query, app: app.key, limit });
}
