import { type ConvCommand, type ErrorCommand, errorTable } from '@parley/protocol';
import { ImError } from '../domain/errors.ts';
import type { MembershipResult, PartialResult, Refusal } from '../domain/membership/partial-result.ts';
import { isoDate } from '../pushes/wire-values.ts';

export function failedPids(refused: readonly Refusal[]): ErrorCommand[] {
  return refused.map(({ reason, clients }) => ({
    code: errorTable[reason].code,
    reason,
    pids: [...clients],
  }));
}

/**
 * Java takes every reply for success, so a command that failed for all its ids is an error as a whole
 * (`wire-protocol §4.3`).
 */
export function refuseIfNothingSucceeded({ succeeded, refused }: PartialResult): void {
  const [first] = refused;
  if (succeeded.length === 0 && first !== undefined) {
    throw new ImError(
      first.reason,
      `Refused for ${first.clients.join(', ')}: ${errorTable[first.reason].meaning}`,
    );
  }
}

export function membershipReply(result: MembershipResult): ConvCommand {
  refuseIfNothingSucceeded(result);
  return {
    cid: result.conversation.id,
    udate: isoDate(result.updatedAt),
    allowedPids: [...result.succeeded],
    ...(result.refused.length > 0 && { failedPids: failedPids(result.refused) }),
  };
}
