import type { Actor } from '../actor.ts';
import { findConversation } from '../conversation/find-conversation.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { ClientId, ConversationId, Milliseconds } from '../identifiers.ts';
import type { World } from '../world.ts';
import { type PartialResult, refusals } from './partial-result.ts';
import { requireMayInvite, requireOpenMembership } from './rules.ts';

export interface MembershipResult extends PartialResult {
  readonly conversation: Conversation;
  /** The conversation's `updatedAt` after the change: the same in the reply and in every push. */
  readonly updatedAt: Milliseconds;
}

/**
 * Joins a basic conversation, or brings others into it (`wire-protocol §4.3`). Joining twice is harmless.
 *
 * @throws ImError CONVERSATION_NOT_FOUND, CONVERSATION_READ_ONLY, CONVERSATION_MEMBERSHIP_REQUIRED,
 *   CONVERSATION_OPERATION_UNAUTHORIZED
 */
export async function addMembers(
  world: World,
  actor: Actor,
  id: ConversationId,
  clients: readonly ClientId[],
): Promise<MembershipResult> {
  const conversation = await findConversation(world, actor.app, id);
  requireOpenMembership(conversation);
  if (clients.some((client) => client !== actor.client)) requireMayInvite(actor, conversation);
  const outcome = await world.store.conversations.addMembers(conversation, {
    by: actor.client,
    clients: [...new Set(clients)],
    limit: actor.app.settings.maxMembers,
    now: world.clock.now(),
  });
  if (outcome === undefined)
    throw new ImError('CONVERSATION_NOT_FOUND', `Conversation ${id} was just deleted.`);
  const changed = world.conversations.put(outcome.conversation);
  if (outcome.changed.length > 0) {
    world.outbox.publish({
      type: 'members-added',
      app: actor.app.key,
      at: outcome.eventAt,
      conversation: changed,
      by: actor.client,
      clients: outcome.changed,
    });
  }
  return {
    conversation: changed,
    updatedAt: changed.updatedAt,
    succeeded: [...outcome.changed, ...outcome.unchanged],
    refused: refusals({ reason: 'CONVERSATION_FULL', clients: outcome.refused }),
  };
}
