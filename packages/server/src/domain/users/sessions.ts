import type { App } from '../app/app.ts';
import { DataError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { isOwner } from '../records/permissions.ts';
import type { DataRecord, ObjectId } from '../records/record.ts';
import type { Requester } from '../records/requester.ts';
import { changeRecord } from '../records/write-record.ts';
import type { World } from '../world.ts';
import { checkPassword } from './log-in.ts';
import { passwordIn, SESSION_TOKEN_LENGTH } from './user-fields.ts';
import { USER } from './user-rules.ts';

/** Whose session this is; `undefined` for a token that is not in force. */
export async function userOfSession(world: World, app: App, token: string): Promise<DataRecord | undefined> {
  if (token.length > 128) return undefined;
  return world.store.records.findByKey(app.key, USER, { name: 'sessionToken', value: token });
}

/** Ends every session of the user and begins a new one. @throws DataError SESSION_MISSING, USER_NOT_FOUND */
export async function refreshSession(world: World, requester: Requester, id: ObjectId): Promise<DataRecord> {
  return changeSecrets(world, requester, id, {});
}

/**
 * Sets another password for who knows the present one, and ends all other sessions.
 *
 * @throws DataError SESSION_MISSING, PASSWORD_MISSING, PASSWORD_MISMATCH, TOO_MANY_LOGINS
 */
export async function changePassword(
  world: World,
  requester: Requester,
  id: ObjectId,
  { old_password, new_password }: JsonObject,
): Promise<DataRecord> {
  const user = await ownUser(world, requester, id);
  const next = passwordIn(new_password);
  await checkPassword(world, user, passwordIn(old_password));
  return changeSecrets(world, requester, id, { passwordHash: await world.accounts.passwords.hash(next) });
}

async function changeSecrets(
  world: World,
  requester: Requester,
  id: ObjectId,
  secrets: JsonObject,
): Promise<DataRecord> {
  const user = await ownUser(world, requester, id);
  const sessionToken = world.random.token(SESSION_TOKEN_LENGTH);
  const changed = await changeRecord(world, user, (record) => ({
    columns: record.columns,
    secrets: { ...record.secrets, ...secrets, sessionToken },
  }));
  if (changed === undefined) throw new DataError('USER_NOT_FOUND');
  return changed;
}

async function ownUser(world: World, requester: Requester, id: ObjectId): Promise<DataRecord> {
  const [user] = await world.store.records.load(requester.app.key, USER, [id]);
  if (!requester.isMaster && requester.user?.id !== id) throw new DataError('SESSION_MISSING');
  if (user === undefined) throw new DataError('USER_NOT_FOUND');
  if (!requester.isMaster && !isOwner(requester, user)) throw new DataError('SESSION_MISSING');
  return user;
}
