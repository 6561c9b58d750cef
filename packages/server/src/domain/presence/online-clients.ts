import type { App } from '../app/app.ts';
import type { ClientId } from '../identifiers.ts';
import type { World } from '../world.ts';

/** Ids beyond this many are ignored, as the SDKs expect (`semantics §2.10`). */
export const MAX_ASKED = 20;

/** Which of these clients are logged in. Unknown ids are simply offline. */
export function onlineClients(world: World, app: App, clients: readonly ClientId[]): readonly ClientId[] {
  return [...new Set(clients)]
    .slice(0, MAX_ASKED)
    .filter((client) => world.presence.isOnline(app.key, client));
}
