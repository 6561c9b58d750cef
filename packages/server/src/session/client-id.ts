import type { App } from '../domain/app/app.ts';
import { ImError } from '../domain/errors.ts';
import type { ClientId } from '../domain/identifiers.ts';

const MAX_LENGTH = 64;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is looked for.
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/;
const DOCUMENTED = /^[A-Za-z_-][A-Za-z0-9_-]*$/;
/** Of a user of the app, who logs in under the id of its object, whatever that begins with. */
const OBJECT_ID = /^[0-9a-f]{24}$/;

/**
 * 1–64 UTF-16 units without control characters; with `strictClientId` letters, digits, `_` and `-`, no digit in
 * front; ids of users of the app are allowed either way (`semantics §2.1`, D-01, F-SESS-03).
 *
 * @throws ImError INVALID_LOGIN
 */
export function checkClientId(app: App, client: ClientId): void {
  if (client.length === 0) throw new ImError('INVALID_LOGIN', 'The client id is empty.');
  if (client.length > MAX_LENGTH) {
    throw new ImError(
      'INVALID_LOGIN',
      `A client id has at most ${MAX_LENGTH} characters, not ${client.length}.`,
    );
  }
  if (CONTROL_CHARACTER.test(client)) {
    throw new ImError('INVALID_LOGIN', 'A client id must not contain control characters.');
  }
  if (app.settings.strictClientId && !DOCUMENTED.test(client) && !OBJECT_ID.test(client)) {
    throw new ImError(
      'INVALID_LOGIN',
      'This app allows only letters, digits, "_" and "-" in client ids, and no digit in front.',
    );
  }
}
