import Type from 'typebox';
import type { ConversationRecord } from '../../domain/conversation/conversation.ts';
import { isReservedColumn } from '../../domain/conversation/reserved-columns.ts';
import type { JsonObject } from '../../domain/json.ts';
import { AnyObject, open } from '../schemas.ts';

export const ConversationAnswer = open(
  {
    objectId: Type.String(),
    name: Type.Optional(Type.String()),
    attr: Type.Optional(AnyObject('Attributes of the app.')),
    c: Type.Optional(Type.String({ description: 'Creator.' })),
    m: Type.Optional(Type.Array(Type.String(), { description: 'Members of a basic conversation.' })),
    mu: Type.Optional(Type.Array(Type.String(), { description: 'Members without push notifications.' })),
    lm: Type.Optional(AnyObject('When the last message was stored.')),
    tr: Type.Optional(Type.Literal(true, { description: 'A chat room.' })),
    sys: Type.Optional(Type.Literal(true, { description: 'A service conversation.' })),
    unique: Type.Optional(Type.Literal(true)),
    uniqueId: Type.Optional(Type.String()),
    createdAt: Type.String(),
    updatedAt: Type.String(),
  },
  'A conversation with the columns of the app at top level.',
);

export const ChangedAnswer = Type.Object({ updatedAt: Type.String(), objectId: Type.String() });

/** A conversation as administrators see it; what has no value is absent (`rest §2.1`). */
export function conversationRecord(conversation: ConversationRecord): JsonObject {
  const { kind, creator, members, mutedBy, unique, uniqueId, lastMessageAt } = conversation;
  const hasMembers = kind === 'basic' || kind === 'temporary';
  return {
    objectId: conversation.id,
    ...Object.fromEntries(Object.entries(conversation.columns).filter(([name]) => !isReservedColumn(name))),
    ...(creator !== undefined && { c: creator }),
    ...(hasMembers && { m: members }),
    ...(mutedBy.length > 0 && { mu: mutedBy }),
    ...(lastMessageAt !== undefined &&
      kind !== 'service' && { lm: { __type: 'Date', iso: isoDate(lastMessageAt) } }),
    ...(kind === 'chat-room' && { tr: true }),
    ...(kind === 'service' && { sys: true }),
    ...(unique && { unique: true }),
    ...(uniqueId !== undefined && { uniqueId }),
    createdAt: isoDate(conversation.createdAt),
    updatedAt: isoDate(conversation.updatedAt),
  };
}

export function changedRecord(conversation: ConversationRecord): JsonObject {
  return { updatedAt: isoDate(conversation.updatedAt), objectId: conversation.id };
}

export function isoDate(at: number): string {
  return new Date(at).toISOString();
}
