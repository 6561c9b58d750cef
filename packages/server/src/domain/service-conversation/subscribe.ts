import { type Actor, byWhom, fromWhere, isOperator } from '../actor.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { ClientId, Milliseconds } from '../identifiers.ts';
import type { MembershipResult } from '../membership/partial-result.ts';
import type { World } from '../world.ts';
import { serviceIsGone } from './find-service.ts';

/**
 * Subscribes to a service: a client for itself, the app's own server for any one client. Nobody else is told, and
 * subscribing twice keeps the first moment (`wire-protocol §4.3`, `rest §5.1.5`).
 *
 * @throws ImError NORMAL_CONVERSATION_REQUIRED where others are named, BLOCKED_BY_CONV, CONVERSATION_NOT_FOUND
 */
export async function subscribe(
  world: World,
  actor: Actor,
  service: Conversation,
  clients: readonly ClientId[],
): Promise<MembershipResult> {
  const client = subscriberOf(actor, clients);
  if (service.blockedSet.has(client)) {
    throw new ImError('BLOCKED_BY_CONV', `${client} is blocked in service ${service.id}.`);
  }
  const now = world.clock.now();
  const subscription = await world.store.services.subscribe(service, client, now);
  if (subscription === 'no-conversation') throw serviceIsGone(service);
  const changed = asOf(service, now);
  if (subscription === 'new') tell(world, actor, changed, client, true, now);
  return { conversation: changed, updatedAt: changed.updatedAt, succeeded: [client], refused: [] };
}

/**
 * Ends a subscription; harmless where there is none. What the service said to the client alone stays in its history.
 *
 * @throws ImError NORMAL_CONVERSATION_REQUIRED where others are named
 */
export async function unsubscribe(
  world: World,
  actor: Actor,
  service: Conversation,
  clients: readonly ClientId[],
): Promise<MembershipResult> {
  const client = subscriberOf(actor, clients);
  const now = world.clock.now();
  const was = await world.store.services.unsubscribe(service, client);
  const changed = asOf(service, now);
  if (was) tell(world, actor, changed, client, false, now);
  return { conversation: changed, updatedAt: changed.updatedAt, succeeded: [client], refused: [] };
}

/**
 * To the client the service changed just now, though nothing of it is stored with the service: Swift takes no change that
 * looks older than what it knows (`wire-protocol §4.3`), and it knows the times of messages, too.
 */
function asOf(service: Conversation, now: Milliseconds): Conversation {
  return { ...service, updatedAt: Math.max(now, service.updatedAt) };
}

function subscriberOf(actor: Actor, clients: readonly ClientId[]): ClientId {
  const [first] = clients;
  if (isOperator(actor)) {
    if (first !== undefined && clients.length === 1) return first;
    throw new ImError('NORMAL_CONVERSATION_REQUIRED', 'Clients are subscribed to a service one by one.');
  }
  if (clients.every((client) => client === actor.client)) return actor.client;
  throw new ImError(
    'NORMAL_CONVERSATION_REQUIRED',
    'Clients subscribe to a service by themselves, or are subscribed over REST.',
  );
}

function tell(
  world: World,
  actor: Actor,
  service: Conversation,
  client: ClientId,
  subscribed: boolean,
  at: Milliseconds,
): void {
  world.outbox.publish({
    type: 'subscription-changed',
    app: actor.app.key,
    at,
    conversation: service,
    client,
    subscribed,
    ...byWhom(actor),
    ...fromWhere(actor),
    ...(actor.session !== undefined && { origin: actor.session }),
  });
}
