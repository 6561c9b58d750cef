import Type from 'typebox';
import { findConversation } from '../../../domain/conversation/find-conversation.ts';
import { locateMessage } from '../../../domain/message/locate-message.ts';
import { patchMessage } from '../../../domain/message/patch-message.ts';
import { sendMessage } from '../../../domain/message/send-message.ts';
import { patchFromService } from '../../../domain/service-conversation/patch-from-service.ts';
import { MAX_CLIENTS, sendToClients } from '../../../domain/service-conversation/send-from-service.ts';
import { badParameter } from '../../rest-error.ts';
import { ok, type RestRoute, route } from '../../route.ts';
import { ClientIdText, Empty, Instant } from '../../schemas.ts';
import { ConversationIdText, conversationIdOf } from '../collection.ts';
import {
  MessageText,
  messageToSend,
  SendOptions,
  SentAnswer,
  sentAnswer,
  textOf,
} from '../send-parameters.ts';
import { ChosenClients } from '../service-messages.ts';
import { tag } from './tag.ts';

/** What a caller of 1.1 leaves out means something else than in 1.2 (`rest §0.2`). */
const DEFAULTS = { transient: true, priority: 'high' } as const;

/** Sending and changing messages as version 1.1 has it (`rest §8.2`, `§8.3`). */
export const legacyMessageRoutes: readonly RestRoute[] = [
  route({
    method: 'POST',
    path: '/1.1/rtm/messages',
    tag,
    summary: 'Send a message',
    audit: { not: 'the message is kept, with its sender and time' },
    description: 'Transient unless `transient` is false. To a service: to the clients in `to_peers`.',
    needs: 'master',
    rate: 'normal',
    body: Type.Object({
      from_peer: ClientIdText,
      conv_id: ConversationIdText,
      to_peers: Type.Optional(ChosenClients),
      ...SendOptions,
    }),
    answers: { 200: SentAnswer },
    async handle({ world, operator, caller, body }) {
      const id = conversationIdOf(body.conv_id);
      const message = messageToSend(body, DEFAULTS);
      const conversation = await world.conversations.load(caller.app.key, id);
      if (conversation?.kind === 'service') {
        if (body.to_peers === undefined) throw badParameter('to_peers is required to send to a service.');
        const sent = await sendToClients(world, operator, {
          service: id,
          from: body.from_peer,
          clients: body.to_peers,
          body: message.body,
          transient: message.kind === 'transient',
          ...(body.no_sync === true && { reachesSender: false }),
          ...(message.pushData !== undefined && { pushData: message.pushData }),
        });
        return ok(sentAnswer(sent));
      }
      const sent = await sendMessage(
        world,
        { ...operator, speaksFor: body.from_peer },
        {
          ...message,
          conversation: id,
          reachesSender: conversation?.kind !== 'chat-room' && body.no_sync !== true,
        },
      );
      return ok(sentAnswer(sent));
    },
  }),
  route({
    method: 'POST',
    path: '/1.1/rtm/patch/message',
    tag,
    summary: 'Change a message, or take it back',
    audit: {
      action: 'message.change',
      target: { parameter: 'conv_id' },
      tells: ['msg_id', 'from_peer', 'recall'],
    },
    needs: 'master',
    rate: 'normal',
    body: Type.Object({
      conv_id: ConversationIdText,
      msg_id: Type.String({ minLength: 1, maxLength: 64 }),
      timestamp: Instant('When it was sent, in milliseconds.'),
      from_peer: ClientIdText,
      message: Type.Optional(MessageText),
      recall: Type.Optional(Type.Boolean()),
      to_peers: Type.Optional(
        Type.Union([Type.String(), Type.Array(Type.String())], {
          description: `Clients of a service, as a list or divided by commas; the first ${MAX_CLIENTS} count.`,
          'x-rule': 'must be a list of client ids, or text with commas',
        }),
      ),
    }),
    answers: { 200: Empty },
    async handle({ world, operator, caller, body }) {
      const id = conversationIdOf(body.conv_id);
      if (body.recall !== true && body.message === undefined) throw badParameter('message is required.');
      const text = body.message === undefined ? '' : textOf(body.message);
      const isRecall = body.recall === true;
      const conversation = await findConversation(world, caller.app, id);
      if (conversation.kind === 'service') {
        const clients = clientsOf(body.to_peers);
        await patchFromService(world, operator, {
          service: id,
          id: body.msg_id,
          from: body.from_peer,
          timestamp: body.timestamp,
          ...(clients !== undefined && { clients }),
          change: isRecall ? { action: 'recall' } : { action: 'edit', body: text },
        });
        return ok({});
      }
      const { mentions, mentionAll } = await locateMessage(world, conversation, body.msg_id, body.timestamp);
      await patchMessage(
        world,
        { ...operator, speaksFor: body.from_peer },
        {
          conversation: id,
          id: body.msg_id,
          timestampHint: body.timestamp,
          change: isRecall ? { action: 'recall' } : { action: 'edit', body: text, mentions, mentionAll },
        },
      );
      return ok({});
    },
  }),
];

function clientsOf(given: string | readonly string[] | undefined): readonly string[] | undefined {
  if (given === undefined) return undefined;
  const list = typeof given === 'string' ? given.split(',') : given;
  const clients = list.map((client) => client.trim()).filter((client) => client !== '');
  return clients.length === 0 ? undefined : clients.slice(0, MAX_CLIENTS);
}
