import { type Actor, byWhom, fromWhere } from '../actor.ts';
import { leaveChatRoom } from '../chat-room/chat-room-membership.ts';
import { findConversation } from '../conversation/find-conversation.ts';
import { ImError } from '../errors.ts';
import { approveMembership } from '../hook/approve-change.ts';
import type { ClientId, ConversationId } from '../identifiers.ts';
import { unsubscribe } from '../service-conversation/subscribe.ts';
import { requireOperationSignature } from '../signature/require-operation-signature.ts';
import type { Signature } from '../signature/signature.ts';
import type { World } from '../world.ts';
import { type MembershipResult, refusals } from './partial-result.ts';
import { isOutOfReach, isProtectedOwner, requireMayRemove, requireOpenMembership } from './rules.ts';

/**
 * Quits a conversation, or puts others out of a basic one (`wire-protocol §4.3`). The owner stays, and managers
 * cannot remove each other; those ids are refused while the others succeed.
 *
 * @throws ImError CONVERSATION_NOT_FOUND, CONVERSATION_READ_ONLY, CONVERSATION_MEMBERSHIP_REQUIRED,
 *   CONVERSATION_OPERATION_UNAUTHORIZED, CONVERSATION_SIGNATURE_FAILED, CONVERSATION_REJECTED_BY_APP
 */
export async function removeMembers(
  world: World,
  actor: Actor,
  id: ConversationId,
  clients: readonly ClientId[],
  signature?: Signature,
): Promise<MembershipResult> {
  const conversation = await findConversation(world, actor.app, id);
  requireOpenMembership(conversation);
  const wished = [...new Set(clients)];
  const quitting = wished.every((client) => client === actor.client);
  if (conversation.kind === 'basic' && !quitting) requireMayRemove(actor, conversation);
  const operation = { action: 'kick', conversation: id, members: clients } as const;
  requireOperationSignature(actor, operation, signature, world.clock.now());
  if (conversation.kind === 'chat-room') return leaveChatRoom(world, actor, conversation, clients);
  if (conversation.kind === 'service') return unsubscribe(world, actor, conversation, clients);

  const owners = wished.filter((client) => isProtectedOwner(actor, conversation, client));
  const equals = wished.filter(
    (client) => !owners.includes(client) && isOutOfReach(actor, conversation, client),
  );
  const allowed = wished.filter((client) => !owners.includes(client) && !equals.includes(client));
  const refused = refusals(
    { reason: 'CONVERSATION_NEED_OWNER', clients: owners },
    { reason: 'CONVERSATION_OPERATION_UNAUTHORIZED', clients: equals },
  );
  if (allowed.length === 0)
    return { conversation, updatedAt: conversation.updatedAt, succeeded: [], refused };
  if (!quitting) {
    const members = allowed.filter((client) => conversation.memberSet.has(client));
    await approveMembership(world, actor, 'remove', conversation, members);
  }

  const outcome = await world.store.conversations.removeMembers(conversation, {
    ...byWhom(actor),
    clients: allowed,
    now: world.clock.now(),
  });
  if (outcome === undefined)
    throw new ImError('CONVERSATION_NOT_FOUND', `Conversation ${id} was just deleted.`);
  const changed = world.conversations.put(outcome.conversation);
  if (outcome.changed.length > 0) {
    world.outbox.publish({
      type: 'members-removed',
      app: actor.app.key,
      at: outcome.eventAt,
      conversation: changed,
      ...byWhom(actor),
      ...fromWhere(actor),
      clients: outcome.changed,
    });
  }
  return {
    conversation: changed,
    updatedAt: changed.updatedAt,
    succeeded: [...outcome.changed, ...outcome.unchanged],
    refused,
  };
}
