import { type Actor, byWhom, fromWhere } from '../actor.ts';
import { enterChatRoom } from '../chat-room/chat-room-membership.ts';
import { findConversation } from '../conversation/find-conversation.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import { approveMembership } from '../hook/approve-change.ts';
import { hooksFor } from '../hook/consult.ts';
import type { ClientId, ConversationId } from '../identifiers.ts';
import { subscribe } from '../service-conversation/subscribe.ts';
import { requireOperationSignature } from '../signature/require-operation-signature.ts';
import type { Signature } from '../signature/signature.ts';
import type { World } from '../world.ts';
import { type MembershipResult, refusals } from './partial-result.ts';
import { requireMayInvite, requireOpenMembership } from './rules.ts';

/**
 * Joins a conversation, or brings others into a basic one (`wire-protocol §4.3`). Joining twice is harmless.
 *
 * @throws ImError CONVERSATION_NOT_FOUND, CONVERSATION_READ_ONLY, NORMAL_CONVERSATION_REQUIRED,
 *   CONVERSATION_MEMBERSHIP_REQUIRED, CONVERSATION_OPERATION_UNAUTHORIZED, CONVERSATION_SIGNATURE_FAILED,
 *   CONVERSATION_REJECTED_BY_APP
 */
export async function addMembers(
  world: World,
  actor: Actor,
  id: ConversationId,
  clients: readonly ClientId[],
  signature?: Signature,
): Promise<MembershipResult> {
  const conversation = await findConversation(world, actor.app, id);
  requireOpenMembership(conversation);
  if (conversation.kind === 'basic' && clients.some((client) => client !== actor.client)) {
    requireMayInvite(actor, conversation);
  }
  const operation = { action: 'invite', conversation: id, members: clients } as const;
  requireOperationSignature(actor, operation, signature, world.clock.now());
  const wished = [...new Set(clients)];
  const blocked = wished.filter((client) => conversation.blockedSet.has(client));
  if (conversation.kind === 'chat-room' || conversation.kind === 'service') {
    const welcome = wished.filter((client) => !blocked.includes(client));
    await approveMembership(
      world,
      actor,
      'add',
      conversation,
      await newTo(world, actor, conversation, welcome),
    );
    const enter = conversation.kind === 'chat-room' ? enterChatRoom : subscribe;
    return enter(world, actor, conversation, clients);
  }
  const others = wished.filter((client) => client !== actor.client && !conversation.memberSet.has(client));
  const unwilling =
    others.length === 0
      ? []
      : await world.store.refusedConversations.refusedBy(actor.app.key, conversation.id, others);
  const welcome = wished.filter((client) => !blocked.includes(client) && !unwilling.includes(client));
  const newcomers = welcome.filter((client) => !conversation.memberSet.has(client));
  const room = actor.app.settings.maxMembers - conversation.members.length;
  await approveMembership(world, actor, 'add', conversation, newcomers.slice(0, Math.max(0, room)));
  // The app may have taken its time, and whoever invites may be out by now.
  if (newcomers.some((client) => client !== actor.client)) {
    requireMayInvite(actor, await findConversation(world, actor.app, id));
  }
  const outcome = await world.store.conversations.addMembers(conversation, {
    ...byWhom(actor),
    clients: welcome,
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
      ...byWhom(actor),
      ...fromWhere(actor),
      clients: outcome.changed,
    });
  }
  return {
    conversation: changed,
    updatedAt: changed.updatedAt,
    succeeded: [...outcome.changed, ...outcome.unchanged],
    refused: refusals(
      { reason: 'BLOCKED_BY_CONV', clients: blocked },
      {
        reason: 'CONVERSATION_NOT_ALLOWED',
        clients: unwilling.filter((client) => !blocked.includes(client)),
      },
      { reason: 'CONVERSATION_FULL', clients: outcome.refused },
    ),
  };
}

/** Of those who want to enter or subscribe, the ones who are not in yet; looked up only where a hook is to be asked. */
async function newTo(
  world: World,
  actor: Actor,
  conversation: Conversation,
  clients: readonly ClientId[],
): Promise<readonly ClientId[]> {
  if (hooksFor(world, actor)?.conversationAdd === undefined) return clients;
  if (conversation.kind === 'chat-room') {
    return clients.filter((client) => !world.rooms.isIn(conversation.key, client));
  }
  const [client] = clients;
  if (client === undefined) return [];
  const known = await world.store.services.subscriptions(client, [conversation.key]);
  return known.length === 0 ? clients : [];
}
