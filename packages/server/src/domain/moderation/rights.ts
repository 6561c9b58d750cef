import { type Actor, isOperator } from '../actor.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { ClientId } from '../identifiers.ts';
import { outranks, requireMember, roleOf } from '../membership/rules.ts';

/**
 * Roles, silence and blacklists exist in groups and chat rooms (`semantics §5.3`, `§5.4`).
 *
 * @throws ImError CONVERSATION_READ_ONLY, NORMAL_CONVERSATION_REQUIRED
 */
export function requireGroup(conversation: Conversation): void {
  if (conversation.kind === 'temporary') {
    throw new ImError('CONVERSATION_READ_ONLY', 'A temporary conversation cannot be moderated.');
  }
  if (conversation.kind === 'service') {
    throw new ImError('NORMAL_CONVERSATION_REQUIRED', 'A service conversation is managed over REST.');
  }
}

/**
 * Services have blacklists too, which only the app's own server changes and reads (`rest §5.1.15`).
 *
 * @throws ImError CONVERSATION_READ_ONLY, NORMAL_CONVERSATION_REQUIRED
 */
export function requireBlacklistedKind(actor: Actor, conversation: Conversation): void {
  if (conversation.kind !== 'service' || !isOperator(actor)) requireGroup(conversation);
}

/** In a basic conversation only members have a say; a chat room has none. @throws ImError CONVERSATION_MEMBERSHIP_REQUIRED */
export function requireInside(actor: Actor, conversation: Conversation): void {
  if (isOperator(actor)) return;
  if (conversation.kind === 'basic') requireMember(conversation, actor.client);
}

/**
 * Owner and managers, or the creator alone where the app has no roles (D-15).
 *
 * @throws ImError CONVERSATION_MEMBERSHIP_REQUIRED, CONVERSATION_OPERATION_UNAUTHORIZED
 */
export function requireModerator(actor: Actor, conversation: Conversation): void {
  if (isOperator(actor)) return;
  requireInside(actor, conversation);
  const role = roleOf(conversation, actor.client);
  if (role === 'owner' || (role === 'manager' && actor.app.settings.memberRoles)) return;
  throw new ImError(
    'CONVERSATION_OPERATION_UNAUTHORIZED',
    actor.app.settings.memberRoles
      ? 'Only the owner and managers may do this.'
      : 'Only the creator may do this.',
  );
}

/** No client acts on equals and betters, nor on itself. */
export function mayActOn(conversation: Conversation, actor: Actor, target: ClientId): boolean {
  if (isOperator(actor)) return true;
  return target !== actor.client && outranks(conversation, actor.client, target);
}
