/**
 * Refusals of the data API: objects, users, files, installations. Callers compare the code, and show the text, so both
 * are the ones deployed SDKs know (`storage-subset §2`).
 */
export const dataErrorTable = {
  BAD_ARGUMENT: { code: 1, text: 'Bad argument.' },
  NOT_IMPLEMENTED: { code: 1, text: 'Not implemented.' },
  CLASS_NOT_KEPT: { code: 1, text: 'Not implemented.' },
  CLASS_NOT_FOUND: { code: 101, text: "Class or object doesn't exists." },
  INVALID_CLASS_NAME: {
    code: 103,
    text: 'Missing or invalid classname. Classnames are case-sensitive. They must start with a letter, and a-zA-Z0-9_ are the only valid characters.',
  },
  MISSING_OBJECT_ID: { code: 104, text: 'Missing object id.' },
  INVALID_KEY_NAME: {
    code: 105,
    text: 'Invalid key name. Keys are case-sensitive. They must start with a letter, and a-zA-Z0-9_ are the only valid characters.',
  },
  MALFORMED_POINTER: {
    code: 106,
    text: 'Malformed pointer. Pointers must be objects with a classname and an object id.',
  },
  MALFORMED_JSON: { code: 107, text: 'Malformed json object. A json dictionary is expected.' },
  TYPE_MISMATCH: { code: 111, text: 'The value has another type than its key.' },
  INVALID_EMAIL: { code: 125, text: 'The email address was invalid.' },
  INVALID_MOBILE_PHONE: { code: 127, text: 'The mobile phone number was invalid.' },
  DUPLICATE_VALUE: { code: 137, text: 'A unique field was given a value that is already taken.' },
  USERNAME_MISSING: { code: 200, text: 'Username is missing or empty.' },
  PASSWORD_MISSING: { code: 201, text: 'Password is missing or empty.' },
  USERNAME_TAKEN: { code: 202, text: 'Username has already been taken.' },
  EMAIL_TAKEN: { code: 203, text: 'Email has already been taken.' },
  EMAIL_NOT_FOUND: { code: 205, text: 'A user with the specified email could not be found.' },
  SESSION_MISSING: { code: 206, text: 'The user cannot be altered by a client without the session.' },
  PASSWORD_MISMATCH: { code: 210, text: 'The username and password mismatch.' },
  USER_NOT_FOUND: { code: 211, text: 'Could not find user.' },
  MOBILE_PHONE_NOT_FOUND: { code: 213, text: 'Could not find user with the specified mobile phone number.' },
  MOBILE_PHONE_TAKEN: { code: 214, text: 'Mobile phone number has already been taken.' },
  INVALID_USERNAME: { code: 217, text: 'Invalid username, it must be a non-blank string.' },
  INVALID_PASSWORD: { code: 218, text: 'Invalid password, it must be a non-blank string.' },
  TOO_MANY_LOGINS: {
    code: 219,
    text: 'Too many failed logins: wait 15 minutes before the next attempt.',
  },
  NO_EFFECT: { code: 305, text: 'No effect on updating/deleting a document.' },
  FORBIDDEN: { code: 403, text: 'Forbidden to read/write by class permissions' },
  TOO_LARGE: { code: 413, text: 'Payload Too Large.' },
  STORAGE_FULL: { code: 503, text: 'The server has no room for files at the moment.' },
  TOO_MANY_REQUESTS: { code: 429, text: 'Too many requests.' },
} as const satisfies Readonly<Record<string, { readonly code: number; readonly text: string }>>;

export type DataErrorReason = keyof typeof dataErrorTable;

/**
 * A refusal of the data API, with a sentence about this case.
 *
 * @example throw new DataError('INVALID_KEY_NAME', '"a-b" is no key.')
 */
export class DataError extends Error {
  override readonly name = 'DataError';
  readonly reason: DataErrorReason;
  readonly code: number;
  /** The fixed text of the code. */
  readonly text: string;
  readonly detail: string | undefined;

  constructor(reason: DataErrorReason, detail?: string) {
    const { code, text } = dataErrorTable[reason];
    super(detail ?? text);
    this.reason = reason;
    this.code = code;
    this.text = text;
    this.detail = detail;
  }
}
