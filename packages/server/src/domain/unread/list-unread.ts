import type { App } from '../app/app.ts';
import type { ClientId, Milliseconds } from '../identifiers.ts';
import type { UnreadState } from '../ports/member-states.ts';
import type { World } from '../world.ts';

const LEGACY_CONVERSATIONS = 50;
const LEGACY_COUNT = 100;

export interface UnreadSummary {
  readonly states: readonly UnreadState[];
  /** Send it back as `changedSince` next time to be told only what changed in between. */
  readonly at: Milliseconds;
}

/**
 * The client's unread conversations, or what changed since it was told last (`wire-protocol §4.11.2`). Exact and
 * complete, unless the app asked for the caps of the service it comes from (D-23).
 */
export async function listUnread(
  world: World,
  app: App,
  client: ClientId,
  changedSince: Milliseconds,
): Promise<UnreadSummary> {
  const now = world.clock.now();
  const at = world.changesUnderWay.completeUpTo(now);
  const states = await world.store.memberStates.unread(app.key, client, changedSince, now);
  return { states: app.settings.legacyUnreadCaps ? capped(app, states) : states, at };
}

/** How many unread messages a client is told of. */
export function toldCount(app: App, count: number): number {
  return app.settings.legacyUnreadCaps ? Math.min(count, LEGACY_COUNT) : count;
}

/** The caps being emulated pick at random; taking the newest is one of their outcomes, and the kindest. */
function capped(app: App, states: readonly UnreadState[]): readonly UnreadState[] {
  return states
    .slice(0, LEGACY_CONVERSATIONS)
    .map((state) => ({ ...state, count: toldCount(app, state.count) }));
}
