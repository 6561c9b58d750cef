import Type from 'typebox';
import type { ClientId, ConversationId } from '../../domain/identifiers.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { StoredMessage } from '../../domain/message/message.ts';
import { serviceLogKey } from '../../domain/ports/service-log-key.ts';

export const MessageRecord = Type.Object({
  'msg-id': Type.String(),
  timestamp: Type.Integer(),
  'conv-id': Type.String({ description: 'Key of the log the message is in. Use `to` for the conversation.' }),
  to: Type.String({ description: 'Id of the conversation.' }),
  from: Type.String(),
  data: Type.String({ description: 'Content; base64 where `bin` is true.' }),
  'is-conv': Type.Literal(true),
  'is-room': Type.Literal(false),
  bin: Type.Boolean(),
  'from-ip': Type.Optional(Type.String()),
  'ack-at': Type.Optional(Type.Integer()),
});

export const MessageRecords = Type.Array(MessageRecord);

/**
 * A message as every history endpoint lists it (`rest §2.2`).
 *
 * @param service the client whose exchange with a service it belongs to
 */
export function messageRecord(
  message: StoredMessage,
  conversation: ConversationId,
  service?: ClientId,
): JsonObject {
  const { body } = message;
  const isText = typeof body === 'string';
  return {
    'msg-id': message.id,
    timestamp: message.timestamp,
    'conv-id': service === undefined ? logKey(conversation) : serviceLogKey(conversation, service),
    to: conversation,
    from: message.sender,
    data: isText ? body : Buffer.from(body).toString('base64'),
    'is-conv': true,
    'is-room': false,
    bin: !isText,
    ...(message.fromIp !== undefined && { 'from-ip': message.fromIp }),
    ...(message.deliveredAt !== undefined && { 'ack-at': message.deliveredAt }),
  };
}

function logKey(conversation: ConversationId): string {
  return `${conversation}00000000`;
}
