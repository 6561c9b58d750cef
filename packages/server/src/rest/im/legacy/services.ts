import Type from 'typebox';
import { addMembers } from '../../../domain/membership/add-members.ts';
import { findService } from '../../../domain/service-conversation/find-service.ts';
import { sendToSubscribers } from '../../../domain/service-conversation/send-from-service.ts';
import { unsubscribe } from '../../../domain/service-conversation/subscribe.ts';
import {
  countSubscribers,
  listSubscribers,
  listSubscriptions,
} from '../../../domain/service-conversation/subscriptions.ts';
import { forbidden } from '../../rest-error.ts';
import { ok, type RestRoute, route } from '../../route.ts';
import { ClientIdText, Empty } from '../../schemas.ts';
import {
  BroadcastOptions,
  BroadcastRecords,
  BroadcastsQuery,
  broadcast,
  broadcastRecords,
  withdraw,
} from '../broadcasts.ts';
import { ConversationIdText, conversationIdOf } from '../collection.ts';
import { MessageText, PushText, SentAnswer, sentAnswer, textOf } from '../send-parameters.ts';
import {
  SubscribersQuery,
  SubscriptionRecords,
  SubscriptionsQuery,
  subscriptionPage,
  subscriptionRecord,
} from '../subscribers.ts';
import { tag } from './tag.ts';

const broadcasts = '/1.1/rtm/broadcast';
const subscription = '/1.1/rtm/conversation/subscription';
const subscribers = '/1.1/rtm/conversation/subscribers';
const Subscription = Type.Object({ conv_id: ConversationIdText, client_id: ClientIdText });
const CountAnswer = Type.Object({ count: Type.Integer() });

const broadcastRoutes: readonly RestRoute[] = [
  route({
    method: 'POST',
    path: broadcasts,
    tag,
    summary: 'Send a message to every client',
    audit: { action: 'broadcast.send', target: { parameter: 'conv_id' }, tells: ['from_peer'] },
    needs: 'master',
    rate: 'broadcast',
    body: Type.Object({ from_peer: ClientIdText, ...BroadcastOptions }),
    answers: { 200: SentAnswer },
    handle: async ({ world, operator, body }) =>
      ok(sentAnswer(await broadcast(world, operator, body.from_peer, body))),
  }),
  route({
    method: 'DELETE',
    path: broadcasts,
    tag,
    summary: 'Stop delivering a broadcast',
    audit: { action: 'broadcast.withdraw', target: { parameter: 'mid' } },
    needs: 'master',
    query: Type.Object({ mid: Type.String({ maxLength: 64 }) }),
    answers: { 200: Empty },
    async handle({ world, caller, query }) {
      await withdraw(world, caller.app, query.mid);
      return ok({});
    },
  }),
  route({
    method: 'GET',
    path: broadcasts,
    tag,
    summary: 'List broadcasts that are still delivered',
    needs: 'master',
    query: BroadcastsQuery,
    answers: { 200: BroadcastRecords },
    handle: async ({ world, caller, query }) => ok(await broadcastRecords(world, caller.app, query)),
  }),
  route({
    method: 'POST',
    path: `${broadcasts}/subscriber`,
    tag,
    summary: 'Send a message to all subscribers',
    audit: { action: 'broadcast.to-subscribers', target: { parameter: 'conv_id' }, tells: ['from_peer'] },
    needs: 'master',
    rate: 'subscription',
    body: Type.Object({
      from_peer: ClientIdText,
      conv_id: ConversationIdText,
      message: MessageText,
      push: Type.Optional(PushText),
    }),
    answers: { 200: SentAnswer },
    async handle({ world, operator, body }) {
      const sent = await sendToSubscribers(world, operator, {
        service: conversationIdOf(body.conv_id),
        from: body.from_peer,
        body: textOf(body.message),
        ...(body.push !== undefined && { pushData: textOf(body.push) }),
      });
      return ok(sentAnswer(sent));
    },
  }),
];

/** One path is an older name of the other. */
const subscribeRoutes = [subscription, `${broadcasts}/subscription`].map((path) =>
  route({
    method: 'POST',
    path,
    tag,
    summary: 'Subscribe a client',
    audit: { action: 'subscriber.add', target: { parameter: 'conv_id' }, tells: ['client_id'] },
    needs: 'master',
    body: Subscription,
    answers: { 200: Empty },
    async handle({ world, operator, body }) {
      const service = await findService(world, operator.app, conversationIdOf(body.conv_id));
      await addMembers(world, operator, service.id, [body.client_id]);
      return ok({});
    },
  }),
);

const subscriptionRoutes: readonly RestRoute[] = [
  ...subscribeRoutes,
  route({
    method: 'DELETE',
    path: subscription,
    tag,
    summary: 'End a subscription',
    audit: { action: 'subscriber.remove', target: { parameter: 'conv_id' }, tells: ['client_id'] },
    needs: 'master',
    query: Subscription,
    answers: { 200: Empty },
    async handle({ world, operator, query }) {
      const service = await findService(world, operator.app, conversationIdOf(query.conv_id));
      await unsubscribe(world, operator, service, [query.client_id]);
      return ok({});
    },
  }),
  route({
    method: 'GET',
    path: subscription,
    tag,
    summary: 'List what a client subscribed to',
    needs: 'master',
    query: Type.Object({ ...SubscriptionsQuery.properties, client_id: ClientIdText }),
    answers: { 200: SubscriptionRecords },
    async handle({ world, caller, query }) {
      const found = await listSubscriptions(world, caller.app, query.client_id, subscriptionPage(query));
      return ok(found.map(subscriptionRecord));
    },
  }),
];

const subscriberRoutes: readonly RestRoute[] = [
  route({
    method: 'GET',
    path: subscribers,
    tag,
    summary: 'List subscribers',
    needs: 'master',
    query: Type.Object({ ...SubscribersQuery.properties, conv_id: ConversationIdText }),
    answers: { 200: SubscriptionRecords },
    async handle({ world, caller, query }) {
      const id = conversationIdOf(query.conv_id);
      return ok(
        (await listSubscribers(world, caller.app, id, query.client_id, query.limit)).map(subscriptionRecord),
      );
    },
  }),
  route({
    method: 'GET',
    path: `${subscribers}/count`,
    tag,
    summary: 'Count subscribers',
    needs: 'master',
    query: Type.Object({ conv_id: ConversationIdText }),
    answers: { 200: CountAnswer },
    handle: async ({ world, caller, query }) =>
      ok({ count: await countSubscribers(world, caller.app, conversationIdOf(query.conv_id)) }),
  }),
  route({
    method: 'GET',
    path: '/1.1/rtm/conversation/subscribed',
    tag,
    summary: 'Ask whether a client subscribed',
    description:
      'Without `client_id` the number of subscribers, which old Android SDKs ask for with the app key.',
    needs: 'app',
    query: Type.Object({ conv_id: ConversationIdText, client_id: Type.Optional(ClientIdText) }),
    answers: { 200: Type.Union([Type.Boolean(), CountAnswer]) },
    async handle({ world, caller, query }) {
      const id = conversationIdOf(query.conv_id);
      if (query.client_id === undefined) return ok({ count: await countSubscribers(world, caller.app, id) });
      if (caller.level !== 'master') throw forbidden('This needs the master key.');
      const service = await findService(world, caller.app, id);
      const found = await world.store.services.subscriptions(query.client_id, [service.key]);
      return ok(found.length > 0);
    },
  }),
];

/** Service conversations as version 1.1 has them (`rest §8.8`–`§8.11`). */
export const legacyServiceRoutes: readonly RestRoute[] = [
  ...broadcastRoutes,
  ...subscriptionRoutes,
  ...subscriberRoutes,
];
