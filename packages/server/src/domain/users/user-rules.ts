import { DataError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import type { ClassRules } from '../records/class-rules.ts';
import type { RecordKey } from '../records/record.ts';

export const USER = '_User';

/** `storage-subset §6.1` */
export const userRules: ClassRules = {
  may: ({ settings }) => ({
    create: 'app',
    find: settings.appKeyReadsUsers ? 'app' : 'master',
    get: settings.appKeyReadsUsers ? 'app' : 'owner',
    update: 'owner',
    delete: 'owner',
  }),
  types: {
    username: 'string',
    email: 'string',
    mobilePhoneNumber: 'string',
    emailVerified: 'boolean',
    mobilePhoneVerified: 'boolean',
    authData: 'object',
  },
  serverColumns: new Set(['emailVerified', 'mobilePhoneVerified', 'sessionToken', 'salt']),
  privateColumns: new Set(['email', 'mobilePhoneNumber', 'emailVerified', 'mobilePhoneVerified', 'authData']),
  keys: (columns, secrets) => [
    ...named('username', columns.username),
    ...named('email', emailKey(columns.email)),
    ...named('mobilePhoneNumber', columns.mobilePhoneNumber),
    ...named('sessionToken', secrets.sessionToken),
    ...identities(columns.authData),
  ],
  takenRefusals: {
    username: 'USERNAME_TAKEN',
    email: 'EMAIL_TAKEN',
    mobilePhoneNumber: 'MOBILE_PHONE_TAKEN',
  },
  missing: 'USER_NOT_FOUND',
};

/** Mail providers do not tell capitals apart, so two users cannot either. */
export function emailKey(email: JsonValue | undefined): JsonValue | undefined {
  return typeof email === 'string' ? email.toLowerCase() : undefined;
}

/**
 * Who somebody is at other providers, as keys of the user: `{"weixin": {"openid": "o1"}}` is `authData.weixin` = `o1`.
 *
 * @throws DataError BAD_ARGUMENT where a provider comes without an identity
 */
export function identities(authData: JsonValue | undefined): readonly RecordKey[] {
  if (!isJsonObject(authData)) return [];
  return Object.entries(authData).flatMap(([provider, data]) => {
    if (data === null) return [];
    const identity = isJsonObject(data) ? identityIn(data) : undefined;
    if (identity === undefined) {
      throw new DataError(
        'BAD_ARGUMENT',
        `"authData" of a provider needs an identity in "uid", "openid" or "id".`,
      );
    }
    return [{ name: `authData.${provider}`, value: identity }];
  });
}

/** Each provider has its own word for it. */
function identityIn(data: JsonObject): string | undefined {
  for (const name of ['uid', 'openid', 'id']) {
    const value = Object.hasOwn(data, name) ? data[name] : undefined;
    if (typeof value === 'string' && value !== '' && value.length <= 512) return value;
    if (typeof value === 'number') return String(value);
  }
  return undefined;
}

function named(name: string, value: JsonValue | undefined): readonly RecordKey[] {
  return typeof value === 'string' && value !== '' ? [{ name, value }] : [];
}
