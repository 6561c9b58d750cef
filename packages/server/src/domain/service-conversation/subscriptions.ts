import type { App } from '../app/app.ts';
import type { ClientId, ConversationId, ConversationKey } from '../identifiers.ts';
import type { Subscription, SubscriptionPage } from '../ports/services.ts';
import type { World } from '../world.ts';
import { findService } from './find-service.ts';

const MAX_PAGE = 50;
const ALL_AT_ONCE = 1000;

/**
 * A page of subscribers, at most 50, in the order of their ids (`rest §5.1.7`).
 *
 * @param after the last subscriber of the page before
 * @throws ImError CONVERSATION_NOT_FOUND, SYSTEM_CONVERSATION_REQUIRED
 */
export async function listSubscribers(
  world: World,
  app: App,
  id: ConversationId,
  after: ClientId | undefined,
  limit = MAX_PAGE,
): Promise<readonly Subscription[]> {
  const service = await findService(world, app, id);
  return world.store.services.subscribers(service.key, after, clamp(limit));
}

/** @throws ImError CONVERSATION_NOT_FOUND, SYSTEM_CONVERSATION_REQUIRED */
export async function countSubscribers(world: World, app: App, id: ConversationId): Promise<number> {
  const service = await findService(world, app, id);
  return world.store.services.countSubscribers(service.key);
}

/** A page of what a client subscribed to, at most 50 (`rest §5.2.4`). */
export function listSubscriptions(
  world: World,
  app: App,
  client: ClientId,
  page: Omit<SubscriptionPage, 'limit'> & { readonly limit?: number },
): Promise<readonly Subscription[]> {
  return world.store.services.subscriptionsOf(app.key, client, {
    ...page,
    limit: clamp(page.limit ?? MAX_PAGE),
  });
}

/** Every service the client subscribed to: what a session has to know to hear what is said to subscribers. */
export async function subscribedServices(
  world: World,
  app: App,
  client: ClientId,
): Promise<readonly ConversationKey[]> {
  const found: Subscription[] = [];
  for (;;) {
    const last = found.at(-1);
    const page = await world.store.services.subscriptionsOf(app.key, client, {
      newestFirst: false,
      limit: ALL_AT_ONCE,
      ...(last !== undefined && { after: { id: last.service.id, since: last.since } }),
    });
    found.push(...page);
    if (page.length < ALL_AT_ONCE) return found.map(({ service }) => service.key);
  }
}

function clamp(limit: number): number {
  return Math.max(0, Math.min(Math.trunc(limit), MAX_PAGE));
}
