import Type from 'typebox';
import { deleteMessage } from '../../domain/message/delete-message.ts';
import { locateMessage } from '../../domain/message/locate-message.ts';
import { patchMessage } from '../../domain/message/patch-message.ts';
import { sendMessage } from '../../domain/message/send-message.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { ClientIdText, Empty, Instant } from '../schemas.ts';
import { type Collection, ConversationPath, conversationIdOf, findIn, requireNoOther } from './collection.ts';
import {
  MessageText,
  messageToSend,
  SendOptions,
  SentAnswer,
  sentAnswer,
  textOf,
} from './send-parameters.ts';

const DEFAULTS = { transient: false, priority: 'normal' } as const;

export const MessagePath = Type.Object({
  ...ConversationPath.properties,
  mid: Type.String({ minLength: 1, maxLength: 64, description: 'Id of the message.' }),
});

/** A message is located by id and time (`rest §1.5`). */
export const MessageAt = Type.Object({
  from_client: ClientIdText,
  timestamp: Instant('When the message was sent, in milliseconds.'),
});

/** Send, change and take back messages (`rest §3.11`–`§3.14`, `§4.7`–`§4.10`). */
export function messageRoutes(collection: Collection): readonly RestRoute[] {
  const { path, tag } = collection;
  return [
    route({
      method: 'POST',
      path: `${path}/:cid/messages`,
      tag,
      summary: 'Send a message',
      audit: { not: 'the message is kept, with its sender and time' },
      description: 'The sender needs neither a session nor membership.',
      needs: 'master',
      rate: 'normal',
      params: ConversationPath,
      body: Type.Object({ from_client: ClientIdText, ...SendOptions }),
      answers: { 200: SentAnswer },
      async handle({ world, operator, caller, params, body }) {
        const id = conversationIdOf(params.cid);
        await requireNoOther(collection, world, caller.app, id);
        const sent = await sendMessage(
          world,
          { ...operator, speaksFor: body.from_client },
          {
            ...messageToSend(body, DEFAULTS),
            conversation: id,
            // In a chat room the sender never gets it back (`rest §4`).
            reachesSender: collection.kind !== 'chat-room' && body.no_sync !== true,
          },
        );
        return ok(sentAnswer(sent));
      },
    }),
    route({
      method: 'PUT',
      path: `${path}/:cid/messages/:mid`,
      tag,
      summary: 'Change a message',
      audit: { action: 'message.change', tells: ['from_client'] },
      needs: 'master',
      rate: 'normal',
      params: MessagePath,
      body: Type.Object({ ...MessageAt.properties, message: MessageText }),
      answers: { 200: Empty },
      async handle({ world, operator, caller, params, body }) {
        const conversation = await findIn(collection, world, caller.app, params.cid);
        const { id, mentions, mentionAll } = await locateMessage(
          world,
          conversation,
          params.mid,
          body.timestamp,
        );
        await patchMessage(
          world,
          { ...operator, speaksFor: body.from_client },
          {
            conversation: conversation.id,
            id,
            timestampHint: body.timestamp,
            change: { action: 'edit', body: textOf(body.message), mentions, mentionAll },
          },
        );
        return ok({});
      },
    }),
    route({
      method: 'PUT',
      path: `${path}/:cid/messages/:mid/recall`,
      tag,
      summary: 'Take a message back',
      audit: { action: 'message.recall', tells: ['from_client'] },
      needs: 'master',
      rate: 'normal',
      params: MessagePath,
      body: MessageAt,
      answers: { 200: Empty },
      async handle({ world, operator, caller, params, body }) {
        const conversation = await findIn(collection, world, caller.app, params.cid);
        const { id } = await locateMessage(world, conversation, params.mid, body.timestamp);
        await patchMessage(
          world,
          { ...operator, speaksFor: body.from_client },
          {
            conversation: conversation.id,
            id,
            timestampHint: body.timestamp,
            change: { action: 'recall' },
          },
        );
        return ok({});
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/:cid/messages/:mid`,
      tag,
      summary: 'Delete a message from history',
      audit: { action: 'message.delete', tells: ['from_client'] },
      description: 'Devices that have it keep it. Parameters in the query, or in a body.',
      needs: 'master',
      params: MessagePath,
      body: MessageAt,
      bodyFromQuery: true,
      answers: { 200: Empty },
      async handle({ world, caller, params, body }) {
        const conversation = await findIn(collection, world, caller.app, params.cid);
        const of = { app: caller.app, speaksFor: body.from_client };
        await deleteMessage(world, conversation, { id: params.mid, timestamp: body.timestamp, of });
        return ok({});
      },
    }),
  ];
}
