import Type from 'typebox';
import type { App } from '../../domain/app/app.ts';
import { findConversation } from '../../domain/conversation/find-conversation.ts';
import type { Conversation } from '../../domain/conversation/known-conversation.ts';
import { type ErrorReason, ImError } from '../../domain/errors.ts';
import type { ConversationId } from '../../domain/identifiers.ts';
import type { World } from '../../domain/world.ts';

/** Conversations of one sort under one path. Used with another sort, its endpoints refuse (`rest §1.6`). */
export interface Collection {
  readonly path: string;
  readonly tag: string;
  /** What one of them is called in summaries. */
  readonly noun: string;
  readonly kind: 'basic' | 'chat-room' | 'service';
  readonly refusal: ErrorReason;
}

export const conversations: Collection = {
  path: '/1.2/rtm/conversations',
  tag: 'Conversations',
  noun: 'conversation',
  kind: 'basic',
  refusal: 'NORMAL_CONVERSATION_REQUIRED',
};

export const chatRooms: Collection = {
  path: '/1.2/rtm/chatrooms',
  tag: 'Chat rooms',
  noun: 'chat room',
  kind: 'chat-room',
  refusal: 'TRANSIENT_CONVERSATION_REQUIRED',
};

export const services: Collection = {
  path: '/1.2/rtm/service-conversations',
  tag: 'Service conversations',
  noun: 'service conversation',
  kind: 'service',
  refusal: 'SYSTEM_CONVERSATION_REQUIRED',
};

export const ConversationIdText = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'Id of the conversation; the `conv-id` of a message record is understood as well.',
});

export const ConversationPath = Type.Object({ cid: ConversationIdText });

/** The key of a message log, which older programs send back, is the id with eight zeros behind (`rest §2.2`). */
export function conversationIdOf(text: string): ConversationId {
  return /^(?:_tmp:)?[0-9a-f]{24}0{8}$/.test(text) ? text.slice(0, -8) : text;
}

/**
 * A conversation of the collection, or of one of several.
 *
 * @throws ImError CONVERSATION_NOT_FOUND, and the refusal of the first collection
 */
export async function findIn(
  collections: Collection | readonly [Collection, ...Collection[]],
  world: World,
  app: App,
  cid: string,
): Promise<Conversation> {
  const conversation = await findConversation(world, app, conversationIdOf(cid));
  const [first, ...others] = 'kind' in collections ? [collections] : collections;
  if (!others.some((other) => isOf(other, conversation))) requireKind(first, conversation);
  return conversation;
}

/** For sends, which answer with a code of their own where there is no such conversation (`rest §1.6`). */
export async function requireNoOther(
  collection: Collection,
  world: World,
  app: App,
  id: ConversationId,
): Promise<void> {
  const conversation = await world.conversations.load(app.key, id);
  if (conversation !== undefined) requireKind(collection, conversation);
}

function requireKind(collection: Collection, conversation: Conversation): void {
  if (isOf(collection, conversation)) return;
  throw new ImError(collection.refusal, `Conversation ${conversation.id} is not a ${collection.noun}.`);
}

/** Temporary conversations go with the basic ones; what cannot be done with them, their verbs refuse. */
function isOf({ kind }: Collection, conversation: Conversation): boolean {
  return conversation.kind === kind || (kind === 'basic' && conversation.kind === 'temporary');
}
