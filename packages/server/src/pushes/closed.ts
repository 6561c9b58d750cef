import { CommandType, errorTable, OpType } from '@parley/protocol';
import type { Milliseconds } from '../domain/identifiers.ts';
import { createPush, type Push } from './push.ts';

/** The server ends a session; the SDK does not reopen it by itself (`wire-protocol §4.1.7`). */
export function closedPush(
  at: Milliseconds,
  reason: 'SESSION_CONFLICT' | 'KICKED_BY_APP' | 'BLACKLISTED',
  detail: string,
): Push {
  return createPush(CommandType.session, at, {
    op: OpType.closed,
    sessionMessage: { code: errorTable[reason].code, reason, detail },
  });
}
