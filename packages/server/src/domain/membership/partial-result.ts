import type { Conversation } from '../conversation/known-conversation.ts';
import type { ErrorReason } from '../errors.ts';
import type { ClientId, Milliseconds } from '../identifiers.ts';

/** Ids that were refused, grouped by why. */
export interface Refusal {
  readonly reason: ErrorReason;
  readonly clients: readonly ClientId[];
}

/** What an operation on several clients came to (`semantics §3.5`). */
export interface PartialResult {
  /** Ids that are now as wished, those that already were included. */
  readonly succeeded: readonly ClientId[];
  readonly refused: readonly Refusal[];
}

/** Leaves out groups nobody fell into. */
export function refusals(...groups: readonly Refusal[]): readonly Refusal[] {
  return groups.filter((group) => group.clients.length > 0);
}

export interface MembershipResult extends PartialResult {
  readonly conversation: Conversation;
  /** The conversation's `updatedAt` after the change: the same in the reply and in every push. */
  readonly updatedAt: Milliseconds;
}
