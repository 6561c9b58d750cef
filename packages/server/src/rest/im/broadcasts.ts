import Type, { type Static } from 'typebox';
import type { Operator } from '../../domain/actor.ts';
import type { App } from '../../domain/app/app.ts';
import { ImError } from '../../domain/errors.ts';
import type { ClientId, MessageId } from '../../domain/identifiers.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { SentMessage } from '../../domain/message/message-to-send.ts';
import { listBroadcasts } from '../../domain/service-conversation/list-broadcasts.ts';
import { withdrawBroadcast } from '../../domain/service-conversation/patch-from-service.ts';
import { broadcast as broadcastMessage } from '../../domain/service-conversation/send-from-service.ts';
import type { World } from '../../domain/world.ts';
import { badParameter } from '../rest-error.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { ClientIdText, Empty, Instant } from '../schemas.ts';
import { ConversationIdText, conversationIdOf } from './collection.ts';
import { MessageRecord, messageRecord } from './message-record.ts';
import { MessageText, PushText, SentAnswer, sentAnswer, textOf } from './send-parameters.ts';

const path = '/1.2/rtm/broadcasts';
const tag = 'Broadcasts';
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/** What both versions take, whatever the sender's field is called. */
export const BroadcastOptions = {
  conv_id: ConversationIdText,
  message: MessageText,
  valid_till: Type.Optional(
    Instant('Until when it is delivered; a month from now where absent, and at most.'),
  ),
  push: Type.Optional(PushText),
  transient: Type.Optional(Type.Boolean({ description: 'Only for who is online.' })),
};
const BroadcastBody = Type.Object(BroadcastOptions);

export const BroadcastsQuery = Type.Object({
  conv_id: ConversationIdText,
  limit: Type.Optional(Type.Integer({ minimum: 1, description: `${DEFAULT_LIMIT} where absent.` })),
  skip: Type.Optional(Type.Integer({ minimum: 0 })),
});

export const BroadcastRecords = Type.Array(
  Type.Object({
    ...MessageRecord.properties,
    valid_till: Type.Integer(),
    transient: Type.Literal(false),
  }),
);

/** @throws RestError 400 where it is over already */
export async function broadcast(
  world: World,
  operator: Operator,
  from: ClientId,
  body: Static<typeof BroadcastBody>,
): Promise<SentMessage> {
  if (body.valid_till !== undefined && body.valid_till <= world.clock.now()) {
    throw badParameter('valid_till is in the past.');
  }
  return broadcastMessage(world, operator, {
    service: conversationIdOf(body.conv_id),
    from,
    body: textOf(body.message),
    transient: body.transient ?? false,
    ...(body.valid_till !== undefined && { validUntil: body.valid_till }),
    ...(body.push !== undefined && { pushData: textOf(body.push) }),
  });
}

/** @throws ImError MESSAGE_NOT_FOUND */
export async function withdraw(world: World, app: App, id: MessageId): Promise<void> {
  if (await withdrawBroadcast(world, app, id)) return;
  throw new ImError('MESSAGE_NOT_FOUND', `There is no broadcast ${id} that is still delivered.`);
}

export async function broadcastRecords(
  world: World,
  app: App,
  { conv_id, limit = DEFAULT_LIMIT, skip = 0 }: Static<typeof BroadcastsQuery>,
): Promise<readonly JsonObject[]> {
  const id = conversationIdOf(conv_id);
  const broadcasts = await listBroadcasts(world, app, id, skip, Math.min(limit, MAX_LIMIT));
  return broadcasts.map(({ message, validUntil }) => ({
    ...messageRecord(message, id),
    valid_till: validUntil,
    transient: false,
  }));
}

/** Messages to every client of the app (`rest §5.3.3`–`§5.3.5`). */
export const broadcastRoutes: readonly RestRoute[] = [
  route({
    method: 'POST',
    path,
    tag,
    summary: 'Send a message to every client',
    audit: { action: 'broadcast.send', target: { parameter: 'conv_id' }, tells: ['from_client'] },
    needs: 'master',
    rate: 'broadcast',
    body: Type.Object({ from_client: ClientIdText, ...BroadcastOptions }),
    answers: { 200: SentAnswer },
    handle: async ({ world, operator, body }) =>
      ok(sentAnswer(await broadcast(world, operator, body.from_client, body))),
  }),
  route({
    method: 'DELETE',
    path: `${path}/:mid`,
    tag,
    summary: 'Stop delivering a broadcast',
    audit: { action: 'broadcast.withdraw' },
    description: 'Who has received it keeps it.',
    needs: 'master',
    params: Type.Object({ mid: Type.String({ maxLength: 64 }) }),
    answers: { 200: Empty },
    async handle({ world, caller, params }) {
      await withdraw(world, caller.app, params.mid);
      return ok({});
    },
  }),
  route({
    method: 'GET',
    path,
    tag,
    summary: 'List broadcasts that are still delivered',
    needs: 'master',
    query: BroadcastsQuery,
    answers: { 200: BroadcastRecords },
    handle: async ({ world, caller, query }) => ok(await broadcastRecords(world, caller.app, query)),
  }),
];
