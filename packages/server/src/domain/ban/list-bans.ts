import type { App } from '../app/app.ts';
import type { ClientId } from '../identifiers.ts';
import type { Ban } from '../ports/bans.ts';
import type { World } from '../world.ts';

export const MAX_BANS_LISTED = 1000;
const DEFAULT_LIMIT = 100;

export interface BanPage {
  readonly bans: readonly Ban[];
  /** Where the next page goes on; absent on the last one. */
  readonly next?: ClientId;
}

/** Bans in force, by ascending client id. */
export async function listBans(
  world: World,
  app: App,
  { after, limit = DEFAULT_LIMIT }: { readonly after?: ClientId; readonly limit?: number },
): Promise<BanPage> {
  const found = await world.store.bans.list(app.key, world.clock.now(), after, limit + 1);
  const bans = found.slice(0, limit);
  const last = bans.at(-1);
  return { bans, ...(found.length > limit && last !== undefined && { next: last.client }) };
}
