import { type Actor, isOperator } from '../actor.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { ClientId } from '../identifiers.ts';

export type Role = 'owner' | 'manager' | 'member';

/** The creator is the owner, whatever the role table says (`wire-protocol §4.7`). */
export function roleOf(conversation: Conversation, client: ClientId): Role {
  if (conversation.creator === client) return 'owner';
  return conversation.roles.find((entry) => entry.client === client)?.role ?? 'member';
}

/** @throws ImError CONVERSATION_MEMBERSHIP_REQUIRED */
export function requireMember(conversation: Conversation, client: ClientId): void {
  if (!conversation.memberSet.has(client)) {
    throw new ImError(
      'CONVERSATION_MEMBERSHIP_REQUIRED',
      `${client} is not a member of conversation ${conversation.id}; join it first.`,
    );
  }
}

/** Temporary conversations keep the members they were created with. @throws ImError CONVERSATION_READ_ONLY */
export function requireOpenMembership(conversation: Conversation): void {
  if (conversation.kind === 'temporary') {
    throw new ImError(
      'CONVERSATION_READ_ONLY',
      'The members of a temporary conversation are fixed at its creation.',
    );
  }
}

/**
 * Who may bring others in (`semantics §5.2`): members, unless the app reserves it to owner and managers.
 *
 * @throws ImError CONVERSATION_MEMBERSHIP_REQUIRED, CONVERSATION_OPERATION_UNAUTHORIZED
 */
export function requireMayInvite(actor: Actor, conversation: Conversation): void {
  if (isOperator(actor)) return;
  requireMember(conversation, actor.client);
  const { memberRoles, membersMayInvite } = actor.app.settings;
  if (memberRoles && !membersMayInvite && roleOf(conversation, actor.client) === 'member') {
    throw new ImError(
      'CONVERSATION_OPERATION_UNAUTHORIZED',
      'Only the owner and managers may add members here.',
    );
  }
}

/**
 * Who may put others out: owner and managers where roles are on, otherwise every member.
 *
 * @throws ImError CONVERSATION_MEMBERSHIP_REQUIRED, CONVERSATION_OPERATION_UNAUTHORIZED
 */
export function requireMayRemove(actor: Actor, conversation: Conversation): void {
  if (isOperator(actor)) return;
  requireMember(conversation, actor.client);
  if (actor.app.settings.memberRoles && roleOf(conversation, actor.client) === 'member') {
    throw new ImError(
      'CONVERSATION_OPERATION_UNAUTHORIZED',
      'Only the owner and managers may remove members here.',
    );
  }
}

/** With roles on, no client makes a conversation lose its owner (F-GRP-10). */
export function isProtectedOwner(actor: Actor, conversation: Conversation, client: ClientId): boolean {
  return (
    !isOperator(actor) &&
    actor.app.settings.memberRoles &&
    conversation.creator === client &&
    conversation.memberSet.has(client)
  );
}

/** With roles on, managers put out neither each other nor the owner. Everybody may leave. */
export function isOutOfReach(actor: Actor, conversation: Conversation, member: ClientId): boolean {
  if (isOperator(actor) || !actor.app.settings.memberRoles || member === actor.client) return false;
  return conversation.memberSet.has(member) && !outranks(conversation, actor.client, member);
}

/** Whether a manager may act on this client: only on lower ranks, and nobody on an equal (D-15). */
export function outranks(conversation: Conversation, actor: ClientId, target: ClientId): boolean {
  const rank = { owner: 2, manager: 1, member: 0 } as const;
  return rank[roleOf(conversation, actor)] > rank[roleOf(conversation, target)];
}
