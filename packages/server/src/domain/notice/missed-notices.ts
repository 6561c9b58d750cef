import type { App } from '../app/app.ts';
import type { ClientId, Milliseconds } from '../identifiers.ts';
import type { Notice } from '../ports/notices.ts';
import type { World } from '../world.ts';

/** One page; a client that missed more asks again from the last it got. */
const PAGE = 500;

export interface MissedNotices {
  /** Oldest first. */
  readonly notices: readonly Notice[];
  readonly hasMore: boolean;
}

/** Membership and attribute events, and read receipts, that concerned the client after a moment (`semantics §2.9`). */
export async function missedNotices(
  world: World,
  app: App,
  client: ClientId,
  since: Milliseconds,
): Promise<MissedNotices> {
  const found = await world.store.notices.since(app.key, client, since, PAGE + 1);
  return { notices: found.slice(0, PAGE), hasMore: found.length > PAGE };
}
