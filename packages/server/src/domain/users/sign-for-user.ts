import type { Operator } from '../actor.ts';
import { DataError, ImError } from '../errors.ts';
import { heard } from '../hook/heard.ts';
import type { ClientId, Milliseconds } from '../identifiers.ts';
import type { DataRecord } from '../records/record.ts';
import { loginText, sign } from '../signature/check-signature.ts';
import type { World } from '../world.ts';
import { userOfSession } from './sessions.ts';

const NONCE_LENGTH = 16;

export interface LoginSignature {
  readonly client: ClientId;
  readonly timestamp: Milliseconds;
  readonly nonce: string;
  readonly signature: string;
}

/**
 * Signs the login of a user of the app as a client of the same id, another signature each time (F-SESS-39,
 * F-SESS-40).
 *
 * @throws DataError USER_NOT_FOUND where the session is not in force
 * @throws ImError SIGNATURE_FAILED where the app's hook refuses
 */
export async function signForUser(
  world: World,
  caller: Operator,
  sessionToken: string,
): Promise<LoginSignature> {
  const { app } = caller;
  const user = await userOfSession(world, app, sessionToken);
  if (user === undefined) throw new DataError('USER_NOT_FOUND');
  await askHook(world, caller, user, sessionToken);
  const timestamp = world.clock.now();
  const nonce = world.random.token(NONCE_LENGTH);
  const signature = sign(app, loginText(app, user.id, timestamp, nonce));
  return { client: user.id, timestamp, nonce, signature };
}

/**
 * A hook that fails refuses, unless the app wants otherwise: whoever cannot be checked gets no signature (H-12). That
 * the app exempts its own servers from hooks does not matter: it is a client that asks.
 */
async function askHook(
  world: World,
  { app, isHook }: Operator,
  user: DataRecord,
  sessionToken: string,
): Promise<void> {
  const ask = isHook === true ? undefined : world.hooks.before(app)?.clientSign;
  if (ask === undefined) return;
  const verdict = await heard(
    () => ask(user, sessionToken),
    () => ({ isAllowed: app.settings.signWhenHookFails, error: 'HOOK_CALL_FAILED' }),
  );
  const { isAllowed, error } = verdict;
  if (isAllowed) return;
  throw new ImError('SIGNATURE_FAILED', error ?? 'The app refuses to sign.', {
    ...(error !== undefined && { appMsg: error }),
  });
}
