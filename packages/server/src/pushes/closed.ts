import { CommandType, errorTable, OpType } from '@parley/protocol';
import type { ClientKicked } from '../domain/events.ts';
import type { Milliseconds } from '../domain/identifiers.ts';
import type { Delivery } from './delivery.ts';
import { createPush, type Push } from './push.ts';

/** The text of whoever kicks is the detail (`wire-protocol §4.1.7`). */
export function clientKicked({ at, client, reason, isBan }: ClientKicked): readonly Delivery[] {
  const code = isBan === true ? 'BLACKLISTED' : 'KICKED_BY_APP';
  return [{ to: [client], push: closedPush(at, code, reason) }];
}

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
