import type { ConvCommand } from '@parley/protocol/wire';
import { errorFrom, type ParleyError } from '../errors.ts';

/** What became of an operation on several clients: some may succeed while others fail. */
export interface PartialResult {
  readonly succeeded: readonly string[];
  readonly failed: readonly { readonly clientIds: readonly string[]; readonly error: ParleyError }[];
}

type Reply = Pick<ConvCommand, 'allowedPids' | 'failedPids'>;

export function readPartialResult({ allowedPids, failedPids }: Reply = {}): PartialResult {
  return {
    succeeded: allowedPids ?? [],
    failed: (failedPids ?? []).map((failure) => ({
      clientIds: failure.pids ?? [],
      error: errorFrom(failure),
    })),
  };
}

/** For operations on oneself, which succeed or fail as a whole. */
export function throwFirstFailure({ failed: [first] }: PartialResult): void {
  if (first !== undefined) throw first.error;
}
