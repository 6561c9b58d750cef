import Type, { type Static } from 'typebox';
import type { Operator } from '../../../domain/actor.ts';
import { deleteMessage } from '../../../domain/message/delete-message.ts';
import { overwriteMessage } from '../../../domain/message/overwrite-message.ts';
import { readHistory } from '../../../domain/message/read-history.ts';
import { readLog } from '../../../domain/message/read-log.ts';
import { readExchange } from '../../../domain/service-conversation/read-exchange.ts';
import { requireHistorySignature } from '../../../domain/signature/verify-history-signature.ts';
import type { World } from '../../../domain/world.ts';
import type { Caller } from '../../authenticate.ts';
import { badParameter, forbidden } from '../../rest-error.ts';
import { ok, type RestRoute, route } from '../../route.ts';
import { ClientIdText, Empty, Instant } from '../../schemas.ts';
import { ConversationIdText } from '../collection.ts';
import { HistoryQuery, inOrder, rangeOf } from '../history-query.ts';
import { loggedRecord } from '../logs.ts';
import { MessageRecord, MessageRecords, messageRecord } from '../message-record.ts';
import { deleteForOne } from '../service-messages.ts';
import { logNamed } from './log-named.ts';
import { tag } from './tag.ts';

const LogQuery = Type.Object({
  ...HistoryQuery.properties,
  convid: Type.Optional(ConversationIdText),
  conv_id: Type.Optional(ConversationIdText),
  from: Type.Optional(ClientIdText),
  max_ts: Type.Optional(Instant('Older name of `timestamp`; 0 stands for now.')),
  peerid: Type.Optional(ClientIdText),
  nonce: Type.Optional(Type.String()),
  signature_ts: Type.Optional(Instant('When it was signed.')),
  signature: Type.Optional(Type.String()),
});

/** One name is as old as the other (`rest §8.4`). */
const readRoutes = ['/1.1/rtm/messages/history', '/1.1/rtm/messages/logs'].map((path) =>
  route({
    method: 'GET',
    path,
    tag,
    summary: 'Read messages',
    description:
      'Of the conversation `convid`, of the client `from`, or of the whole app. With the app key only of a conversation, and only where the app allows it.',
    needs: 'app',
    query: LogQuery,
    answers: { 200: MessageRecords },
    async handle({ world, caller, operator, query }) {
      const { max_ts } = query;
      const range = rangeOf({ ...query, ...(max_ts !== undefined && max_ts > 0 && { timestamp: max_ts }) });
      const convid = query.convid ?? query.conv_id;
      requireReader(caller, convid);
      if (convid !== undefined)
        return ok(inOrder(await conversationLog(world, operator, convid, query, range), range));
      const scope = query.from === undefined ? range : { ...range, sender: query.from };
      return ok(inOrder((await readLog(world, caller.app, scope)).map(loggedRecord), range));
    },
  }),
);

/** @throws RestError 403 */
function requireReader({ app, level }: Caller, convid: string | undefined): void {
  if (level === 'master') return;
  if (convid !== undefined && app.settings.appKeyReadsHistory) return;
  throw forbidden('This needs the master key.');
}

async function conversationLog(
  world: World,
  operator: Operator,
  convid: string,
  query: Static<typeof LogQuery>,
  range: ReturnType<typeof rangeOf>,
) {
  requireHistorySignature(
    operator.app,
    {
      client: query.peerid,
      conversation: convid,
      value: query.signature,
      timestamp: query.signature_ts,
      nonce: query.nonce,
    },
    world.clock.now(),
  );
  const { conversation, client } = await logNamed(world, operator.app, convid);
  const { id } = conversation;
  if (client !== undefined) {
    const messages = await readExchange(world, conversation, client, range);
    return messages.map((message) => messageRecord(message, id, client));
  }
  const { messages } = await readHistory(world, operator, { ...range, conversation: id });
  return messages.map((message) => messageRecord(message, id));
}

/** A log as administrators of 1.1 read and change it (`rest §8.4`–`§8.6`). */
export const legacyLogRoutes: readonly RestRoute[] = [
  ...readRoutes,
  route({
    method: 'DELETE',
    path: '/1.1/rtm/messages/logs',
    tag,
    summary: 'Delete a message from history',
    audit: { action: 'message.delete', target: { parameter: 'convid' }, tells: ['msgid', 'from'] },
    needs: 'master',
    query: Type.Object({
      convid: ConversationIdText,
      msgid: Type.String({ minLength: 1, maxLength: 64 }),
      timestamp: Instant('When it was sent, in milliseconds.'),
      from: Type.Optional(ClientIdText),
    }),
    answers: { 200: Empty },
    async handle({ world, caller, query }) {
      const { conversation, client } = await logNamed(world, caller.app, query.convid);
      const { from, msgid: id, timestamp } = query;
      // Older programs do not say whose message it is.
      const of = from === undefined ? {} : { of: { app: caller.app, speaksFor: from } };
      if (client === undefined) await deleteMessage(world, conversation, { id, timestamp, ...of });
      else await deleteForOne(world, conversation, { client, id, timestamp, ...of });
      return ok({});
    },
  }),
  route({
    method: 'PUT',
    path: '/1.1/rtm/messages/logs',
    tag,
    summary: 'Write over a stored message',
    audit: { action: 'message.overwrite', target: { parameter: 'conv-id' }, tells: ['msg-id'] },
    description: 'The changed record. Only the copy of the server changes; nobody is told.',
    needs: 'master',
    body: Type.Object({
      ...MessageRecord.properties,
      to: Type.Optional(Type.String()),
      from: Type.Optional(Type.String()),
      bin: Type.Optional(Type.Boolean()),
      'is-conv': Type.Optional(Type.Boolean()),
      'is-room': Type.Optional(Type.Boolean()),
      'from-ip': Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
      'ack-at': Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
    }),
    answers: { 200: Empty },
    async handle({ world, caller, body }) {
      const { conversation, key } = await logNamed(world, caller.app, body['conv-id']);
      const [fromIp, deliveredAt] = [body['from-ip'], body['ack-at']];
      await overwriteMessage(world, { id: conversation.id, key }, body['msg-id'], body.timestamp, {
        body: body.bin === true ? bytesOf(body.data) : body.data,
        ...(fromIp !== undefined && { fromIp }),
        ...(deliveredAt !== undefined && { deliveredAt }),
      });
      return ok({});
    },
  }),
];

function bytesOf(base64: string): Uint8Array {
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return Uint8Array.from(Buffer.from(base64, 'base64'));
  throw badParameter('data must be base64 where bin is true.');
}
