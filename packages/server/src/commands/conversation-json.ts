import type { ConversationRecord } from '../domain/conversation/conversation.ts';
import { isReservedColumn } from '../domain/conversation/reserved-columns.ts';
import type { ClientId } from '../domain/identifiers.ts';
import type { JsonObject } from '../domain/json.ts';
import type { StoredMessage } from '../domain/message/message.ts';
import type { SeenConversation } from '../domain/service-conversation/services-as-seen.ts';
import { isoDate, wireKind } from '../pushes/wire-values.ts';

/** What results carry beside columns: an app's own column of such a name would pass for the server's word. */
const serverKeys: ReadonlySet<string> = new Set([
  'joined',
  'joinedAt',
  'muted',
  'msg',
  'bin',
  'msg_from',
  'msg_mid',
  'msg_timestamp',
  'patch_timestamp',
  'mention_all',
  'mention_pids',
]);

/**
 * A conversation as SDKs parse it (`wire-protocol §4.5.1`). `objectId` comes first and `bin` with every `msg`,
 * because C# depends on both; nothing is ever null, because Java unboxes and C# casts.
 */
export function conversationJson(found: SeenConversation, reader: ClientId, compact: boolean): JsonObject {
  const { conversation, lastMessage } = found;
  return {
    objectId: conversation.id,
    ...ownColumns(conversation),
    ...(conversation.creator !== undefined && { c: conversation.creator }),
    ...memberFields(conversation, compact),
    createdAt: isoDate(conversation.createdAt),
    updatedAt: isoDate(conversation.updatedAt),
    ...(conversation.lastMessageAt !== undefined &&
      conversation.kind !== 'service' && {
        lm: { __type: 'Date', iso: isoDate(conversation.lastMessageAt) },
      }),
    ...kindFields(conversation),
    ...(conversation.kind === 'basic' && { muted: conversation.mutedBy.includes(reader) }),
    ...(conversation.kind === 'service' && subscriptionFields(found.subscription)),
    ...(lastMessage !== undefined && conversation.kind !== 'chat-room' && lastMessageFields(lastMessage)),
  };
}

function ownColumns({ columns }: ConversationRecord): JsonObject {
  return Object.fromEntries(
    Object.entries(columns).filter(([name]) => !isReservedColumn(name) && !serverKeys.has(name)),
  );
}

function memberFields(conversation: ConversationRecord, compact: boolean): JsonObject {
  if (conversation.kind !== 'basic' && conversation.kind !== 'temporary') return {};
  return compact ? { mu: conversation.mutedBy } : { m: conversation.members, mu: conversation.mutedBy };
}

function kindFields(conversation: ConversationRecord): JsonObject {
  return {
    conv_type: wireKind(conversation.kind),
    tr: conversation.kind === 'chat-room',
    sys: conversation.kind === 'service',
    ...(conversation.unique && { unique: true }),
    ...(conversation.uniqueId !== undefined && { uniqueId: conversation.uniqueId }),
    ...(conversation.kind === 'temporary' && { temp: true, ttl: conversation.ttl ?? 0 }),
  };
}

/** `muted` is always there: Swift insists on it. */
function subscriptionFields(subscription: SeenConversation['subscription']): JsonObject {
  if (subscription === undefined) return { joined: false, muted: false };
  return { joined: true, joinedAt: subscription.since, muted: subscription.muted };
}

function lastMessageFields(message: StoredMessage): JsonObject {
  const binary = typeof message.body !== 'string';
  return {
    msg: binary ? Buffer.from(message.body as Uint8Array).toString('base64') : (message.body as string),
    bin: binary,
    msg_from: message.sender,
    msg_mid: message.id,
    msg_timestamp: message.timestamp,
    ...(message.patchedAt !== undefined && { patch_timestamp: message.patchedAt }),
    ...(message.mentionAll && { mention_all: true }),
    ...(message.mentions.length > 0 && { mention_pids: message.mentions }),
  };
}
