import { DataError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { DataRecord, RecordKey } from '../records/record.ts';
import type { Requester } from '../records/requester.ts';
import type { World } from '../world.ts';
import { passwordIn, usernameIn } from './user-fields.ts';
import { emailKey, USER } from './user-rules.ts';

/**
 * The user with this name, email or phone number and password (`storage-subset §6.3`).
 *
 * @throws DataError USERNAME_MISSING, PASSWORD_MISSING, USER_NOT_FOUND, PASSWORD_MISMATCH, TOO_MANY_LOGINS,
 *   TOO_MANY_REQUESTS
 */
export async function logIn(
  world: World,
  { app }: Pick<Requester, 'app'>,
  credentials: JsonObject,
): Promise<DataRecord> {
  const key = keyIn(credentials);
  const password = passwordIn(credentials.password);
  const user = await world.store.records.findByKey(app.key, USER, key);
  if (user === undefined) throw new DataError(UNKNOWN[key.name] ?? 'USER_NOT_FOUND');
  await checkPassword(world, user, password);
  return user;
}

/** @throws DataError PASSWORD_MISMATCH, TOO_MANY_LOGINS, TOO_MANY_REQUESTS */
export async function checkPassword(world: World, user: DataRecord, password: string): Promise<void> {
  const { attempts, passwords } = world.accounts;
  if (attempts.isLocked(user)) throw new DataError('TOO_MANY_LOGINS');
  if (!(await passwords.isSame(password, user.secrets.passwordHash))) {
    attempts.failed(user);
    throw new DataError('PASSWORD_MISMATCH');
  }
  // Those who guessed at the same time may have used up what is left.
  if (attempts.isLocked(user)) throw new DataError('TOO_MANY_LOGINS');
  attempts.succeeded(user);
}

const UNKNOWN: Readonly<Record<string, 'EMAIL_NOT_FOUND' | 'MOBILE_PHONE_NOT_FOUND'>> = {
  email: 'EMAIL_NOT_FOUND',
  mobilePhoneNumber: 'MOBILE_PHONE_NOT_FOUND',
};

function keyIn({ username, email, mobilePhoneNumber, smsCode }: JsonObject): RecordKey {
  if ((smsCode ?? null) !== null) {
    throw new DataError('NOT_IMPLEMENTED', 'Logging in by SMS is not configured; log in with a password.');
  }
  const isNamed = (username ?? null) !== null;
  if (typeof email === 'string' && !isNamed) {
    return { name: 'email', value: String(emailKey(email)) };
  }
  if (typeof mobilePhoneNumber === 'string' && !isNamed) {
    return { name: 'mobilePhoneNumber', value: mobilePhoneNumber };
  }
  return { name: 'username', value: usernameIn(username) };
}
