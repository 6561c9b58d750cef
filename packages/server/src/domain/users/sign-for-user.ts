import type { App } from '../app/app.ts';
import { DataError, ImError } from '../errors.ts';
import type { ClientId, Milliseconds } from '../identifiers.ts';
import { HookFailed } from '../ports/hooks.ts';
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
export async function signForUser(world: World, app: App, sessionToken: string): Promise<LoginSignature> {
  const user = await userOfSession(world, app, sessionToken);
  if (user === undefined) throw new DataError('USER_NOT_FOUND');
  await askHook(world, app, user, sessionToken);
  const timestamp = world.clock.now();
  const nonce = world.random.token(NONCE_LENGTH);
  const signature = sign(app, loginText(app, user.id, timestamp, nonce));
  return { client: user.id, timestamp, nonce, signature };
}

/** A hook that fails refuses, unless the app says otherwise: whoever cannot be checked gets no signature (H-12). */
async function askHook(world: World, app: App, user: DataRecord, sessionToken: string): Promise<void> {
  const ask = world.hooks.before(app)?.clientSign;
  if (ask === undefined) return;
  const verdict = await ask(user, sessionToken).catch((error: unknown) => {
    if (error instanceof HookFailed) {
      return { isAllowed: app.settings.signWhenHookFails, error: 'HOOK_CALL_FAILED' };
    }
    throw error;
  });
  if (!verdict.isAllowed) throw new ImError('SIGNATURE_FAILED', verdict.error ?? 'The app refuses to sign.');
}
