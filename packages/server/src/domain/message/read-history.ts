import { type Actor, isOperator } from '../actor.ts';
import { findConversation } from '../conversation/find-conversation.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { ConversationId } from '../identifiers.ts';
import type { HistoryRange } from '../ports/messages.ts';
import { QueryTooSlow } from '../ports/query-too-slow.ts';
import { readServiceHistory } from '../service-conversation/service-history.ts';
import type { World } from '../world.ts';
import type { StoredMessage } from './message.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1000;
/** Milliseconds a search by type may work before it is refused with 4311. */
const BUDGET = 1000;

export interface ReadHistory extends Omit<HistoryRange, 'conversation' | 'limit' | 'budget' | 'seenBy'> {
  readonly conversation: ConversationId;
  /** Absent: 20. 0: nothing. At most 1,000 (D-12). */
  readonly limit?: number;
}

export interface HistoryPage {
  readonly conversation: Conversation;
  /** Oldest first, whichever the direction. */
  readonly messages: readonly StoredMessage[];
}

/**
 * A page of a conversation's history (`wire-protocol §4.12`). Only members may read basic and temporary
 * conversations, and chat rooms whoever is not blocked there; somebody who rejoined sees what was sent in between.
 *
 * @throws ImError CONVERSATION_NOT_FOUND, CONVERSATION_LOG_REJECTED, CONVERSATION_LOG_FAILED
 */
export async function readHistory(world: World, actor: Actor, request: ReadHistory): Promise<HistoryPage> {
  const conversation = await findConversation(world, actor.app, request.conversation);
  const membersOnly = conversation.kind === 'basic' || conversation.kind === 'temporary';
  if (membersOnly && !isOperator(actor) && !conversation.memberSet.has(actor.client)) {
    throw new ImError(
      'CONVERSATION_LOG_REJECTED',
      `Only members may read the history of ${conversation.id}.`,
    );
  }
  // A chat room is open to everybody but those it keeps out (D-22).
  if (conversation.kind === 'chat-room' && !isOperator(actor) && conversation.blockedSet.has(actor.client)) {
    throw new ImError('CONVERSATION_LOG_REJECTED', `${actor.client} is blocked in ${conversation.id}.`);
  }
  const limit = Math.max(0, Math.min(Math.trunc(request.limit ?? DEFAULT_LIMIT), MAX_LIMIT));
  if (limit === 0) return { conversation, messages: [] };
  const range = { ...request, limit, budget: BUDGET };
  try {
    const messages =
      conversation.kind === 'service' && !isOperator(actor)
        ? await readServiceHistory(world, conversation, actor.client, range)
        : await world.store.messages.history({ ...range, conversation: conversation.key });
    return { conversation, messages };
  } catch (error) {
    if (!(error instanceof QueryTooSlow)) throw error;
    throw new ImError(
      'CONVERSATION_LOG_FAILED',
      'Messages of this type are too far away; say from when to when to look.',
    );
  }
}
