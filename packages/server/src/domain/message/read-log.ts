import type { App } from '../app/app.ts';
import type { LoggedMessage, LogRange } from '../ports/store.ts';
import type { World } from '../world.ts';

/** Messages of all conversations of an app, or those one client sent; oldest first (`rest §5.2.5`, `§5.3.6`). */
export function readLog(
  world: World,
  app: App,
  range: Omit<LogRange, 'app'>,
): Promise<readonly LoggedMessage[]> {
  return world.store.messages.log({ ...range, app: app.key });
}
