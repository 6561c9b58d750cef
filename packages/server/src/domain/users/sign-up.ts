import { DataError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { applyFields, parseFields } from '../records/field-operations.ts';
import type { DataRecord } from '../records/record.ts';
import type { Requester } from '../records/requester.ts';
import { writableFields } from '../records/writable-fields.ts';
import { insertRecord } from '../records/write-record.ts';
import type { World } from '../world.ts';
import {
  checkUser,
  passwordIn,
  refuseWithinPassword,
  SESSION_TOKEN_LENGTH,
  usernameIn,
} from './user-fields.ts';
import { identities, USER, userRules } from './user-rules.ts';

export interface SignedUp {
  readonly user: DataRecord;
  /** The identity was known, so somebody logged in. */
  readonly isNew: boolean;
}

/**
 * Creates a user from a name and a password, or finds or creates one by its identity at another provider
 * (`storage-subset §6.2`).
 *
 * @param onlyExisting refuse an unknown identity instead of creating a user
 * @throws DataError
 */
export async function signUp(
  world: World,
  requester: Requester,
  fields: JsonObject,
  onlyExisting = false,
): Promise<SignedUp> {
  const { username, password, ...others } = fields;
  refuseWithinPassword(others);
  const columns = applyFields({}, parseFields(writableFields(requester, userRules, others)));
  const isByIdentity = isJsonObject(columns.authData) && isAbsent(username) && isAbsent(password);
  if (isByIdentity) return byIdentity(world, requester, columns, onlyExisting);
  checkProviders(requester, columns.authData);
  const name = usernameIn(username);
  const secret = passwordIn(password);
  checkUser({ ...columns, username: name });
  const passwordHash = await world.accounts.passwords.hash(secret);
  return {
    user: await create(world, requester, { ...columns, username: name }, { passwordHash }),
    isNew: true,
  };
}

async function byIdentity(
  world: World,
  requester: Requester,
  columns: JsonObject,
  onlyExisting: boolean,
): Promise<SignedUp> {
  checkProviders(requester, columns.authData);
  const known = await holderOf(world, requester, columns);
  if (known !== undefined) return { user: known, isNew: false };
  if (onlyExisting) throw new DataError('USER_NOT_FOUND');
  const username = world.random.token(SESSION_TOKEN_LENGTH);
  checkUser({ ...columns, username });
  try {
    return { user: await create(world, requester, { ...columns, username }, {}), isNew: true };
  } catch (error) {
    // The same person on two devices at once is still one.
    const meanwhile = await holderOf(world, requester, columns);
    if (meanwhile === undefined) throw error;
    return { user: meanwhile, isNew: false };
  }
}

async function holderOf(
  world: World,
  { app }: Requester,
  { authData }: JsonObject,
): Promise<DataRecord | undefined> {
  const keys = identities(authData);
  if (keys.length === 0) throw new DataError('BAD_ARGUMENT', '"authData" names no provider.');
  for (const key of keys) {
    const user = await world.store.records.findByKey(app.key, USER, key);
    if (user !== undefined) return user;
  }
  return undefined;
}

/** Identities are believed, so only those count that the app has decided to believe. */
export function checkProviders({ app, isMaster }: Requester, authData: JsonObject[string] | undefined): void {
  if (isMaster || !isJsonObject(authData)) return;
  const unknown = Object.keys(authData).find((provider) => !app.settings.loginProviders.includes(provider));
  if (unknown === undefined) return;
  throw new DataError(
    'BAD_ARGUMENT',
    'The app does not accept logins of this provider; see its setting "loginProviders".',
  );
}

function create(
  world: World,
  { app }: Requester,
  columns: JsonObject,
  secrets: JsonObject,
): Promise<DataRecord> {
  return insertRecord(
    world,
    { app: app.key, className: USER, id: world.random.objectId() },
    {
      columns: { emailVerified: false, mobilePhoneVerified: false, ...columns },
      secrets: { ...secrets, sessionToken: world.random.token(SESSION_TOKEN_LENGTH) },
    },
  );
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
