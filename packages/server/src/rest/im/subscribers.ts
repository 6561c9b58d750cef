import Type, { type Static } from 'typebox';
import { addMembers } from '../../domain/membership/add-members.ts';
import type { Subscription } from '../../domain/ports/services.ts';
import { unsubscribe } from '../../domain/service-conversation/subscribe.ts';
import {
  countSubscribers,
  listSubscribers,
  listSubscriptions,
} from '../../domain/service-conversation/subscriptions.ts';
import { badParameter } from '../rest-error.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { ClientIdText, Empty, Instant } from '../schemas.ts';
import { ClientPath } from './clients.ts';
import { ConversationIdText, ConversationPath, conversationIdOf, findIn, services } from './collection.ts';

const path = `${services.path}/:cid/subscribers`;
const { tag } = services;

export const SubscriptionRecords = Type.Array(
  Type.Object({
    timestamp: Type.Integer({ description: 'Since when.' }),
    subscriber: Type.String(),
    conv_id: Type.String(),
  }),
);

export const SubscribersQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, description: 'At most 50.' })),
  client_id: Type.Optional(Type.String({ description: 'The last subscriber of the page before.' })),
});

export const SubscriptionsQuery = Type.Object({
  conv_id: Type.Optional(ConversationIdText),
  timestamp: Type.Optional(Instant('Since when the client subscribed to `conv_id`.')),
  limit: Type.Optional(Type.Integer({ minimum: 1, description: 'At most 50.' })),
  direction: Type.Optional(
    Type.Enum(['new', 'old'], {
      description: '`new`: the oldest subscription first; `old`: the newest first.',
      'x-rule': 'must be new or old',
    }),
  ),
});

export function subscriptionRecord({ since, client, service }: Subscription) {
  return { timestamp: since, subscriber: client, conv_id: service.id };
}

/** @throws RestError 400 where a place is named by half */
export function subscriptionPage({
  conv_id,
  timestamp,
  limit,
  direction,
}: Static<typeof SubscriptionsQuery>) {
  if ((conv_id === undefined) !== (timestamp === undefined)) {
    throw badParameter('conv_id and timestamp go together.');
  }
  return {
    newestFirst: direction === 'old',
    ...(limit !== undefined && { limit }),
    ...(conv_id !== undefined &&
      timestamp !== undefined && { after: { id: conversationIdOf(conv_id), since: timestamp } }),
  };
}

/** Who subscribed to a service (`rest §5.1.5`–`§5.1.8`, `§5.2.4`). */
export const subscriberRoutes: readonly RestRoute[] = [
  route({
    method: 'POST',
    path,
    tag,
    summary: 'Subscribe a client',
    audit: { action: 'subscriber.add', tells: ['client_id'] },
    needs: 'conversations',
    params: ConversationPath,
    body: Type.Object({ client_id: ClientIdText }),
    answers: { 200: Empty },
    async handle({ world, operator, params, body }) {
      const service = await findIn(services, world, operator.app, params.cid);
      await addMembers(world, operator, service.id, [body.client_id]);
      return ok({});
    },
  }),
  route({
    method: 'DELETE',
    path: `${path}/:clientId`,
    tag,
    summary: 'End a subscription',
    audit: { action: 'subscriber.remove' },
    needs: 'conversations',
    params: Type.Object({ ...ConversationPath.properties, ...ClientPath.properties }),
    answers: { 200: Empty },
    async handle({ world, operator, params }) {
      const service = await findIn(services, world, operator.app, params.cid);
      await unsubscribe(world, operator, service, [params.clientId]);
      return ok({});
    },
  }),
  route({
    method: 'GET',
    path,
    tag,
    summary: 'List subscribers',
    description: 'In the order of their ids. A short page is the last.',
    needs: 'master',
    params: ConversationPath,
    query: SubscribersQuery,
    answers: { 200: SubscriptionRecords },
    async handle({ world, caller, params, query }) {
      const id = conversationIdOf(params.cid);
      const subscribers = await listSubscribers(world, caller.app, id, query.client_id, query.limit);
      return ok(subscribers.map(subscriptionRecord));
    },
  }),
  route({
    method: 'GET',
    path: `${path}/count`,
    tag,
    summary: 'Count subscribers',
    needs: 'master',
    params: ConversationPath,
    answers: { 200: Type.Object({ count: Type.Integer() }) },
    handle: async ({ world, caller, params }) =>
      ok({ count: await countSubscribers(world, caller.app, conversationIdOf(params.cid)) }),
  }),
  route({
    method: 'GET',
    path: '/1.2/rtm/clients/:clientId/service-conversations',
    tag: 'Clients',
    summary: 'List what a client subscribed to',
    needs: 'master',
    params: ClientPath,
    query: SubscriptionsQuery,
    answers: { 200: SubscriptionRecords },
    async handle({ world, caller, params, query }) {
      const page = subscriptionPage(query);
      return ok((await listSubscriptions(world, caller.app, params.clientId, page)).map(subscriptionRecord));
    },
  }),
];
