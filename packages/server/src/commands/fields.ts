import type { GenericCommand } from '@parley/protocol';
import { ImError } from '../domain/errors.ts';
import { isJsonObject, type JsonObject } from '../domain/json.ts';
import type { Signature } from '../domain/signature/signature.ts';

/** Longest id list one command may bring; conversations hold 500 members. */
const MAX_IDS = 1000;
/** As long as a client id may be that logs in (F-SESS-02). */
const MAX_ID_LENGTH = 64;

/** A conversation id that must be there. @throws ImError CONVERSATION_NOT_FOUND */
export function requiredCid(cid: string | undefined): string {
  if (cid === undefined || cid === '') {
    throw new ImError('CONVERSATION_NOT_FOUND', 'The command names no conversation (field cid).');
  }
  return cid;
}

/**
 * A list of client ids as sent.
 *
 * @throws ImError INVALID_LOGIN where it is unreasonably long or an id cannot be one
 */
export function clientIds(ids: readonly string[] | undefined): readonly string[] {
  const list = ids ?? [];
  if (list.length > MAX_IDS)
    throw new ImError('CONVERSATION_FULL', `A command names at most ${MAX_IDS} clients.`);
  for (const id of list) {
    if (id.length === 0 || id.length > MAX_ID_LENGTH) {
      throw new ImError(
        'INVALID_LOGIN',
        `"${id.slice(0, 20)}" is no client id: 1 to 64 characters are allowed.`,
      );
    }
  }
  return list;
}

/** JSON text that must be an object; absent text is the empty object. The refusal is the caller's. */
export function jsonObject(text: string | undefined, refuse: (detail: string) => ImError): JsonObject {
  if (text === undefined || text === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse('The JSON text cannot be parsed.');
  }
  if (!isJsonObject(value)) throw refuse('The JSON text must be an object.');
  return value;
}

/** The conversation a `conv` command writes to. */
export function convCid(command: GenericCommand): string | undefined {
  return command.convMessage?.cid;
}

/**
 * The signature a command carries; absent where there is none (`hooks-and-signatures §6.3`). One without time or nonce
 * is a signature all the same, and never a good one.
 */
export function signatureOf(message: {
  readonly s?: string | undefined;
  readonly t?: number | undefined;
  readonly n?: string | undefined;
}): Signature | undefined {
  if (message.s === undefined || message.s === '') return undefined;
  return { value: message.s, timestamp: message.t ?? 0, nonce: message.n ?? '' };
}
