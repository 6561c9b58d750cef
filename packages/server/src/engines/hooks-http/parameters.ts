import type { JsonObject } from '../../domain/json.ts';
import type { MessageBody } from '../../domain/message/message.ts';
import type {
  ConversationStart,
  ConversationUpdate,
  IncomingMessage,
  MembershipRequest,
  MessageUpdate,
  MissedMessage,
} from '../../domain/ports/hooks.ts';
import type { DataRecord } from '../../domain/records/record.ts';

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

/** Whom a mention is for is left out where it is for everybody (`hooks-and-signatures §3.2`). */
export function receiversOfflineParameters(message: MissedMessage): JsonObject {
  const { conversation, sender, offline, body, at, mentionAll, mentions } = message;
  return {
    fromPeer: sender,
    convId: conversation.id,
    offlinePeers: offline,
    content: contentOf(body).content,
    timestamp: at,
    mentionAll,
    mentionOfflinePeers: mentionAll ? [] : offline.filter((client) => mentions.includes(client)),
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

/** The nine keys that are documented; what the user has not got is empty. */
export function clientSignParameters(user: DataRecord, sessionToken: string): JsonObject {
  const { username = '', email = '', mobilePhoneNumber = '' } = user.columns;
  return {
    objectId: user.id,
    username,
    email,
    phone: mobilePhoneNumber,
    emailVerified: user.columns.emailVerified === true,
    mobilePhoneVerified: user.columns.mobilePhoneVerified === true,
    sessionToken,
    createdAt: new Date(user.createdAt).toISOString(),
    updatedAt: new Date(user.updatedAt).toISOString(),
  };
}

/** Binary content travels as base64. */
export function contentOf(body: MessageBody): { readonly bin: boolean; readonly content: string } {
  return typeof body === 'string'
    ? { bin: false, content: body }
    : { bin: true, content: Buffer.from(body).toString('base64') };
}
