import type { App } from '../app/app.ts';
import { DataError } from '../errors.ts';
import type { ClientId, Milliseconds } from '../identifiers.ts';
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
 */
export async function signForUser(world: World, app: App, sessionToken: string): Promise<LoginSignature> {
  const user = await userOfSession(world, app, sessionToken);
  if (user === undefined) throw new DataError('USER_NOT_FOUND');
  const timestamp = world.clock.now();
  const nonce = world.random.token(NONCE_LENGTH);
  const signature = sign(app, loginText(app, user.id, timestamp, nonce));
  return { client: user.id, timestamp, nonce, signature };
}
