import { type Author, authorOf, isOperator } from '../actor.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { World } from '../world.ts';

/**
 * Whoever lost the word says nothing in a conversation, by no way: neither a message nor an edit nor a last will.
 *
 * @throws ImError BLOCKED_BY_CONV, SILIENCED, CONVERSATION_TEMPORARY_BLACKLISTED
 */
export function requireMaySpeak(world: World, author: Author, conversation: Conversation): void {
  if (isOperator(author)) return;
  if (conversation.blockedSet.has(author.client)) {
    throw new ImError('BLOCKED_BY_CONV', `${author.client} is blocked in conversation ${conversation.id}.`);
  }
  if (conversation.silencedSet.has(author.client)) {
    throw new ImError('SILIENCED', `${author.client} is muted in conversation ${conversation.id}.`);
  }
  const until = conversation.silenceEnds.get(author.client);
  if (until !== undefined && until > world.clock.now()) {
    throw new ImError(
      'CONVERSATION_TEMPORARY_BLACKLISTED',
      `${author.client} is muted in conversation ${conversation.id} until ${new Date(until).toISOString()}.`,
    );
  }
}

/**
 * The right to send: only members speak in basic and temporary conversations.
 *
 * @throws ImError INVALID_MESSAGING_TARGET, and as {@link requireMaySpeak}
 */
export function requireMaySend(world: World, author: Author, conversation: Conversation): void {
  if (!isInside(author, conversation)) throw notInside(author, conversation);
  requireMaySpeak(world, author, conversation);
}

/** Whether the author belongs to the conversation, if that is for members only. */
export function isInside(author: Author, { kind, memberSet }: Conversation): boolean {
  const membersOnly = kind === 'basic' || kind === 'temporary';
  return !membersOnly || isOperator(author) || memberSet.has(author.client);
}

export function notInside(author: Author, conversation: Conversation): ImError {
  return new ImError(
    'INVALID_MESSAGING_TARGET',
    `${authorOf(author)} is not a member of conversation ${conversation.id}.`,
  );
}
