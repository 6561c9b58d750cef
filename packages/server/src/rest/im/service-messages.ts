import Type from 'typebox';
import type { Conversation } from '../../domain/conversation/known-conversation.ts';
import {
  type DeleteForClient,
  deleteForClient,
} from '../../domain/service-conversation/delete-for-client.ts';
import { isBroadcast, patchFromService } from '../../domain/service-conversation/patch-from-service.ts';
import { readExchange } from '../../domain/service-conversation/read-exchange.ts';
import {
  MAX_CLIENTS,
  sendToClients,
  sendToSubscribers,
} from '../../domain/service-conversation/send-from-service.ts';
import type { World } from '../../domain/world.ts';
import type { Caller } from '../authenticate.ts';
import { badParameter } from '../rest-error.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { ClientIdText, Empty } from '../schemas.ts';
import { ClientPath } from './clients.ts';
import { ConversationPath, conversationIdOf, findIn, services } from './collection.ts';
import { HistoryQuery, inOrder, rangeOf } from './history-query.ts';
import { MessageRecords, messageRecord } from './message-record.ts';
import { MessageAt, MessagePath } from './messages.ts';
import {
  MessageText,
  messageToSend,
  PushText,
  SendOptions,
  SentAnswer,
  sentAnswer,
  textOf,
} from './send-parameters.ts';

const { path, tag } = services;
const DEFAULTS = { transient: false, priority: 'normal' } as const;

export const ChosenClients = Type.Array(ClientIdText, { minItems: 1, maxItems: MAX_CLIENTS });
const SubscriberPath = Type.Object({ ...ConversationPath.properties, ...ClientPath.properties });

interface MessageChange {
  readonly params: { readonly cid: string; readonly mid: string };
  readonly body: {
    readonly from_client: string;
    readonly timestamp: number;
    readonly to_clients?: readonly string[];
  };
}

/** To speak to all subscribers costs more than to some of them, to everybody in the app most (`rest §7`). */
const rateOfRecall = async ({ body }: MessageChange) =>
  body.to_clients === undefined ? 'subscription' : 'normal';
const rateOfChange = async (context: MessageChange & { readonly world: World; readonly caller: Caller }) => {
  const { world, caller, params, body } = context;
  const isToAll =
    body.to_clients === undefined && (await isBroadcast(world, caller.app, messageNamed(params, body)));
  return isToAll ? 'broadcast' : rateOfRecall(context);
};

/** What a service says, and what it said to one client (`rest §5.1.9`–`§5.1.14`). */
export const serviceMessageRoutes: readonly RestRoute[] = [
  route({
    method: 'POST',
    path: `${path}/:cid/broadcasts`,
    tag,
    summary: 'Send a message to all subscribers',
    audit: { action: 'broadcast.to-subscribers', tells: ['from_client'] },
    needs: 'master',
    rate: 'subscription',
    params: ConversationPath,
    body: Type.Object({ from_client: ClientIdText, message: MessageText, push: Type.Optional(PushText) }),
    answers: { 200: SentAnswer },
    async handle({ world, operator, params, body }) {
      const sent = await sendToSubscribers(world, operator, {
        service: conversationIdOf(params.cid),
        from: body.from_client,
        body: textOf(body.message),
        ...(body.push !== undefined && { pushData: textOf(body.push) }),
      });
      return ok(sentAnswer(sent));
    },
  }),
  route({
    method: 'POST',
    path: `${path}/:cid/messages`,
    tag,
    summary: 'Send a message to some clients',
    audit: { not: 'the message is kept, with its sender and time' },
    description: 'They need not have subscribed. One id for all of them.',
    needs: 'master',
    rate: 'normal',
    params: ConversationPath,
    body: Type.Object({ from_client: ClientIdText, to_clients: ChosenClients, ...SendOptions }),
    answers: { 200: SentAnswer },
    async handle({ world, operator, params, body }) {
      const message = messageToSend(body, DEFAULTS);
      const sent = await sendToClients(world, operator, {
        service: conversationIdOf(params.cid),
        from: body.from_client,
        clients: body.to_clients,
        body: message.body,
        transient: message.kind === 'transient',
        ...(body.no_sync === true && { reachesSender: false }),
        ...(message.pushData !== undefined && { pushData: message.pushData }),
      });
      return ok(sentAnswer(sent));
    },
  }),
  route({
    method: 'PUT',
    path: `${path}/:cid/messages/:mid`,
    tag,
    summary: 'Change a message',
    audit: { action: 'message.change', tells: ['from_client', 'to_clients'] },
    description:
      'With `to_clients` the copies of these clients; without, a message to all subscribers, or a broadcast for those who have not received it.',
    needs: 'master',
    rate: rateOfChange,
    params: MessagePath,
    body: Type.Object({
      ...MessageAt.properties,
      message: MessageText,
      to_clients: Type.Optional(ChosenClients),
    }),
    answers: { 200: Empty },
    async handle({ world, operator, params, body }) {
      await patchFromService(world, operator, {
        ...messageNamed(params, body),
        change: { action: 'edit', body: textOf(body.message) },
      });
      return ok({});
    },
  }),
  route({
    method: 'PUT',
    path: `${path}/:cid/messages/:mid/recall`,
    tag,
    summary: 'Take a message back',
    audit: { action: 'message.recall', tells: ['from_client', 'to_clients'] },
    needs: 'master',
    rate: rateOfRecall,
    params: MessagePath,
    body: Type.Object({ ...MessageAt.properties, to_clients: Type.Optional(ChosenClients) }),
    answers: { 200: Empty },
    async handle({ world, operator, params, body }) {
      await patchFromService(world, operator, {
        ...messageNamed(params, body),
        change: { action: 'recall' },
      });
      return ok({});
    },
  }),
  route({
    method: 'DELETE',
    path: `${path}/:cid/subscribers/:clientId/messages/:mid`,
    tag,
    summary: 'Delete a message from the history of a client',
    audit: { action: 'message.delete', tells: ['from_client'] },
    description:
      'What was said to all subscribers is deleted for this one, who must be subscribed; a broadcast to all clients cannot be. Devices that have it keep it.',
    needs: 'master',
    params: Type.Object({ ...SubscriberPath.properties, ...MessagePath.properties }),
    body: MessageAt,
    bodyFromQuery: true,
    answers: { 200: Empty },
    async handle({ world, caller, params, body }) {
      const service = await findIn(services, world, caller.app, params.cid);
      await deleteForOne(world, service, {
        client: params.clientId,
        id: params.mid,
        timestamp: body.timestamp,
        of: { app: caller.app, speaksFor: body.from_client },
      });
      return ok({});
    },
  }),
  route({
    method: 'GET',
    path: `${path}/:cid/subscribers/:clientId/messages`,
    tag,
    summary: 'Read what passed between a service and a client',
    description: 'Broadcasts to every client of the app left out.',
    needs: 'master',
    params: SubscriberPath,
    query: HistoryQuery,
    answers: { 200: MessageRecords },
    async handle({ world, caller, params, query }) {
      const range = rangeOf(query);
      const service = await findIn(services, world, caller.app, params.cid);
      const messages = await readExchange(world, service, params.clientId, range);
      return ok(
        inOrder(
          messages.map((message) => messageRecord(message, service.id, params.clientId)),
          range,
        ),
      );
    },
  }),
];

/** @throws RestError 400 where it was said to all clients, ImError as {@link deleteForClient} */
export async function deleteForOne(
  world: World,
  service: Conversation,
  request: DeleteForClient,
): Promise<void> {
  if ((await deleteForClient(world, service, request)) === 'broadcast') {
    throw badParameter('A broadcast to all clients cannot be deleted for one of them; withdraw it.');
  }
}

function messageNamed(params: MessageChange['params'], body: MessageChange['body']) {
  return {
    service: conversationIdOf(params.cid),
    id: params.mid,
    from: body.from_client,
    timestamp: body.timestamp,
    ...(body.to_clients !== undefined && { clients: body.to_clients }),
  };
}
