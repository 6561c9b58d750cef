import type { Operator } from '../actor.ts';
import type { ClientId } from '../identifiers.ts';
import type { World } from '../world.ts';

/** Lets a client log in again. False where it was not banned. */
export async function liftBan(world: World, { app }: Operator, client: ClientId): Promise<boolean> {
  const wasBanned = world.bans.of(app.key, client, world.clock.now()) !== undefined;
  await world.store.bans.lift(app.key, client);
  world.bans.remove(app.key, client);
  return wasBanned;
}
