import { isUnhooked, type Operator } from '../actor.ts';
import { DataError } from '../errors.ts';
import type { ClientKicked } from '../events.ts';
import type { ClientId } from '../identifiers.ts';
import type { World } from '../world.ts';

/** Characters of the reason that is told (F-SESS-27). */
export const MAX_REASON = 20;

/**
 * Ends every session of a client. Its session tokens are void; whether the signatures it logged in with are, the app
 * decides (F-SESS-28). It may log in again at once, so combine this with refusing to sign. A client that is not there
 * has its tokens voided all the same.
 *
 * @throws DataError BAD_ARGUMENT
 */
export async function kickClient(
  world: World,
  operator: Operator,
  client: ClientId,
  reason: string,
): Promise<void> {
  checkReason(reason, MAX_REASON);
  await endSessions(world, operator, client, { reason });
}

/** @throws DataError BAD_ARGUMENT */
export function checkReason(reason: string, most: number): void {
  if ([...reason].length > most) {
    throw new DataError('BAD_ARGUMENT', `A reason has at most ${most} characters.`);
  }
}

/** Tokens of the client are void once this resolves, and its sessions are about to end. */
export async function endSessions(
  world: World,
  operator: Operator,
  client: ClientId,
  why: Pick<ClientKicked, 'reason' | 'isBan'>,
): Promise<void> {
  const app = operator.app.key;
  const now = world.clock.now();
  const epoch = await world.store.sessionTokens.raiseEpoch(app, client, now);
  // Who is sent away has not died (`semantics §2.5`, D-17).
  world.wills.discard(app, client);
  world.outbox.publish({
    type: 'client-kicked',
    app,
    at: now,
    client,
    epoch,
    ...why,
    ...addressOf(operator),
    ...(isUnhooked(operator) && { isUnhooked: true }),
  });
}

function addressOf({ address }: Operator): { readonly address?: string } {
  return address === undefined ? {} : { address };
}
