import type { JsonObject } from '../json.ts';
import type { DataRecord } from '../records/record.ts';
import type { Requester } from '../records/requester.ts';
import type { RecordParts } from '../records/write-record.ts';
import type { World } from '../world.ts';
import { checkProviders } from './sign-up.ts';
import {
  checkUser,
  passwordIn,
  refuseWithinPassword,
  SESSION_TOKEN_LENGTH,
  withVerification,
} from './user-fields.ts';
import { USER } from './user-rules.ts';

/** How saving a user differs from saving anything else. */
export interface UserSave {
  /** The body without the password. */
  readonly fields: JsonObject;
  readonly finish: (before: DataRecord, after: JsonObject) => RecordParts;
}

/**
 * A user may set a new password without the old one, and keeps its session; where the app's server sets it, because
 * somebody forgot or stole the old one, every session ends.
 *
 * @throws DataError INVALID_PASSWORD, PASSWORD_MISSING
 */
export async function prepareUserSave(
  world: World,
  requester: Requester,
  { password, ...fields }: JsonObject,
): Promise<UserSave> {
  refuseWithinPassword(fields);
  const passwordHash =
    password === undefined ? undefined : await world.accounts.passwords.hash(passwordIn(password));
  return {
    fields,
    finish(before, after) {
      checkUser(after);
      checkProviders(requester, newIdentities(before.columns.authData, after.authData));
      const endsSessions = passwordHash !== undefined && requester.user?.id !== before.id;
      return {
        columns: requester.isMaster ? after : withVerification(before.columns, after),
        secrets: {
          ...before.secrets,
          ...(passwordHash !== undefined && { passwordHash }),
          ...(endsSessions && { sessionToken: world.random.token(SESSION_TOKEN_LENGTH) }),
        },
      };
    },
  };
}

export function isUser({ className }: { readonly className: string }): boolean {
  return className === USER;
}

/** A provider the app has stopped to believe may stay where it is. */
function newIdentities(
  before: JsonObject[string] | undefined,
  after: JsonObject[string] | undefined,
): JsonObject {
  const known = (before ?? {}) as JsonObject;
  return Object.fromEntries(
    Object.entries((after ?? {}) as JsonObject).filter(
      ([provider, data]) => JSON.stringify(known[provider]) !== JSON.stringify(data),
    ),
  );
}
