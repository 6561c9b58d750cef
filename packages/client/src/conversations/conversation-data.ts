import { asNumber, asString, asStrings, isObject, type JsonObject, type JsonValue } from '../json.ts';
import type { Message } from '../messages/message.ts';
import type { MessageParser } from '../messages/message-parser.ts';

export type ConversationType = 'basic' | 'chatRoom' | 'service' | 'temporary';

/** What is known of a conversation at one moment. Never changed: news make another object. */
export interface ConversationData {
  readonly id: string;
  readonly type: ConversationType;
  readonly name: string | undefined;
  /** The client that made it, and its owner; none where the app's server did. */
  readonly creator: string | undefined;
  /** Of basic and temporary conversations. */
  readonly members: readonly string[];
  /** Whether this client wants no pushes from it. */
  readonly isMuted: boolean;
  /** Milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastMessageAt: number | undefined;
  /** What the app keeps with it. */
  readonly attributes: JsonObject;
  /** What older apps keep outside of the attributes, by name. */
  readonly columns: JsonObject;
  readonly lastMessage: Message | undefined;
  /** Messages of others that this client has not read. */
  readonly unreadCount: number;
  /** Whether one of those mentions this client. */
  readonly isMentioned: boolean;
  /** When the other person of two last got something, in milliseconds, and what everything before was read at. */
  readonly lastDeliveredAt: number | undefined;
  readonly lastReadAt: number | undefined;
  /** Of services: whether this client subscribes to it. */
  readonly isSubscribed: boolean;
  /** Of temporary conversations, in milliseconds. */
  readonly expiresAt: number | undefined;
}

export const TEMPORARY_PREFIX = '_tmp:';

const typesByNumber: Readonly<Record<number, ConversationType>> = {
  1: 'basic',
  2: 'chatRoom',
  3: 'service',
  4: 'temporary',
};

export function emptyConversation(id: string, type: ConversationType): ConversationData {
  return {
    id,
    type,
    ...{ name: undefined, creator: undefined, members: [], isMuted: false, isSubscribed: false },
    ...{ createdAt: 0, updatedAt: 0, lastMessageAt: undefined, lastMessage: undefined },
    ...{ attributes: {}, columns: {}, unreadCount: 0, isMentioned: false },
    ...{ lastDeliveredAt: undefined, lastReadAt: undefined, expiresAt: undefined },
  };
}

/** The type by its number on the wire; one that nobody knows is told by its id. */
export function typeOf(number: number | undefined, id: string): ConversationType {
  return typesByNumber[number ?? 0] ?? (id.startsWith(TEMPORARY_PREFIX) ? 'temporary' : 'basic');
}

/** What a query tells of a conversation (`wire-protocol §4.5.1`). */
export type ConversationRecord = Omit<
  ConversationData,
  'unreadCount' | 'isMentioned' | 'lastDeliveredAt' | 'lastReadAt'
>;

export function readRecord(
  record: JsonObject,
  context: { readonly clientId: string; readonly parser: MessageParser },
): ConversationRecord | undefined {
  const id = asString(record.objectId);
  if (id === undefined) return undefined;
  const createdAt = readTime(record.createdAt) ?? 0;
  const ttl = asNumber(record.ttl) ?? asNumber(record.tempConvTTL);
  return {
    id,
    type: typeFromRecord(record, id),
    name: asString(record.name),
    creator: asString(record.c),
    members: asStrings(record.m),
    isMuted: record.muted === true || asStrings(record.mu).includes(context.clientId),
    createdAt,
    updatedAt: readTime(record.updatedAt) ?? createdAt,
    lastMessageAt: readTime(record.lm),
    attributes: isObject(record.attr) ? record.attr : {},
    columns: Object.fromEntries(Object.entries(record).filter(([key]) => !OWN_COLUMNS.has(key))),
    lastMessage: context.parser.fromRecord(id, record),
    isSubscribed: record.joined === true,
    expiresAt: ttl === undefined ? undefined : createdAt + ttl * 1000,
  };
}

function typeFromRecord(record: JsonObject, id: string): ConversationType {
  if (record.tr === true) return 'chatRoom';
  if (record.sys === true) return 'service';
  return record.temp === true ? 'temporary' : typeOf(asNumber(record.conv_type), id);
}

const OWN_COLUMNS = new Set([
  ...['objectId', 'name', 'c', 'm', 'mu', 'createdAt', 'updatedAt', 'lm', 'attr', 'tr', 'sys', 'temp', 'ttl'],
  ...['tempConv', 'tempConvTTL', 'conv_type', 'unique', 'uniqueId', 'joined', 'joinedAt', 'muted', 'ACL'],
  ...['msg', 'bin', 'msg_from', 'msg_mid', 'msg_timestamp', 'patch_timestamp', 'mention_all', 'mention_pids'],
]);

/** Milliseconds of an ISO text or a date object. */
export function readTime(value: JsonValue | undefined): number | undefined {
  const text = isObject(value) ? value.iso : value;
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
