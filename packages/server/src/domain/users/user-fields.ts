import { DataError } from '../errors.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { emailKey } from './user-rules.ts';

const MAX_USERNAME = 255;
const MAX_PASSWORD = 1024;
/** Letters and digits. */
export const SESSION_TOKEN_LENGTH = 25;

/** @throws DataError USERNAME_MISSING, INVALID_USERNAME */
export function usernameIn(value: JsonValue | undefined): string {
  if (value === undefined || value === null || value === '') throw new DataError('USERNAME_MISSING');
  if (typeof value !== 'string' || value.trim() === '') throw new DataError('INVALID_USERNAME');
  if (value.length > MAX_USERNAME) {
    throw new DataError('INVALID_USERNAME', `A username has at most ${MAX_USERNAME} characters.`);
  }
  return value;
}

/** @throws DataError PASSWORD_MISSING, INVALID_PASSWORD */
export function passwordIn(value: JsonValue | undefined): string {
  if (value === undefined || value === null || value === '') throw new DataError('PASSWORD_MISSING');
  if (typeof value !== 'string' || value.trim() === '') throw new DataError('INVALID_PASSWORD');
  if (value.length > MAX_PASSWORD) {
    throw new DataError('INVALID_PASSWORD', `A password has at most ${MAX_PASSWORD} characters.`);
  }
  return value;
}

/** A password is no column, so none may come to be by a key within it. @throws DataError INVALID_PASSWORD */
export function refuseWithinPassword(fields: JsonObject): void {
  const inner = Object.keys(fields).find((key) => key.startsWith('password.'));
  if (inner === undefined) return;
  throw new DataError('INVALID_PASSWORD', '"password" is a text; set it as a whole.');
}

/** What an ordinary save may not leave behind. @throws DataError INVALID_EMAIL, INVALID_MOBILE_PHONE, … */
export function checkUser(columns: JsonObject): void {
  const { email, mobilePhoneNumber, username } = columns;
  usernameIn(username);
  if (typeof email === 'string' && !/^[^\s@]+@[^\s@]+$/.test(email)) throw new DataError('INVALID_EMAIL');
  if (typeof mobilePhoneNumber === 'string' && !/^\+?\d[\d -]{2,24}$/.test(mobilePhoneNumber)) {
    throw new DataError('INVALID_MOBILE_PHONE');
  }
}

/** Nobody verified an address that is new. */
export function withVerification(before: JsonObject, after: JsonObject): JsonObject {
  return {
    ...after,
    emailVerified: after.emailVerified === true && emailKey(before.email) === emailKey(after.email),
    mobilePhoneVerified:
      after.mobilePhoneVerified === true && before.mobilePhoneNumber === after.mobilePhoneNumber,
  };
}
