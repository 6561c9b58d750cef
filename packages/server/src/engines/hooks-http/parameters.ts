import type { JsonObject } from '../../domain/json.ts';
import type { MessageBody } from '../../domain/message/message.ts';
import type {
  ConversationStart,
  ConversationUpdate,
  IncomingMessage,
  MembershipRequest,
  MessageUpdate,
} from '../../domain/ports/hooks.ts';

/** What engines get, in the words of LeanEngine (`hooks-and-signatures §3`). No more: Python would stumble over it. */
export function messageReceivedParameters(message: IncomingMessage): JsonObject {
  return {
    fromPeer: message.sender,
    receipt: message.receipt,
    groupId: null,
    system: message.conversation.kind === 'service' ? true : null,
    convId: message.conversation.id,
    toPeers: message.receivers,
    transient: message.transient,
    ...contentOf(message.body),
    sourceIP: message.address ?? '',
    timestamp: message.at,
  };
}

export function messageUpdateParameters(message: MessageUpdate): JsonObject {
  return {
    fromPeer: message.sender,
    convId: message.conversation.id,
    msgId: message.id,
    toPeers: message.receivers,
    ...contentOf(message.body),
    timestamp: message.at,
    sourceIP: message.address ?? '',
    recall: message.recall,
    system: message.conversation.kind === 'service' ? true : null,
  };
}

/** Name and custom attributes flat, as SDKs send them. */
export function conversationStartParameters({ by, members, attributes }: ConversationStart): JsonObject {
  return { initBy: by ?? '', members, attr: attributes };
}

export function membershipParameters({ by, members, conversation }: MembershipRequest): JsonObject {
  return { initBy: by ?? '', members, convId: conversation.id };
}

export function conversationUpdateParameters(update: ConversationUpdate): JsonObject {
  return {
    initBy: update.by ?? '',
    convId: update.conversation.id,
    ...('attributes' in update ? { attr: update.attributes } : { mute: update.muted }),
  };
}

/** Binary content travels as base64. */
export function contentOf(body: MessageBody): { readonly bin: boolean; readonly content: string } {
  return typeof body === 'string'
    ? { bin: false, content: body }
    : { bin: true, content: Buffer.from(body).toString('base64') };
}
