import { ImError } from '../errors.ts';
import type { JsonObject, JsonValue } from '../json.ts';

/** Name, `attr` and custom columns of one conversation, as UTF-8 bytes of JSON. */
export const MAX_COLUMNS_BYTES = 64 * 1024;

/** Single changes in one update. */
export const MAX_OPERATIONS = 256;

export const MAX_PATH_SEGMENTS = 16;

/** How deep a value may nest. */
const MAX_VALUE_DEPTH = 32;

export function invalidUpdate(sentence: string): ImError {
  return new ImError('CONVERSATION_UPDATE_FAILED', sentence);
}

/** Refuses what later code could trip over: values nested without end, and the one key that is no key in JavaScript. */
export function checkValue(value: JsonValue, depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth >= MAX_VALUE_DEPTH)
    throw invalidUpdate(`A value may nest at most ${MAX_VALUE_DEPTH} levels deep.`);
  for (const [key, inner] of Object.entries(value)) {
    checkKey(key);
    checkValue(inner, depth + 1);
  }
}

export function checkKey(key: string): void {
  if (key === '__proto__') throw invalidUpdate('No key may be called "__proto__".');
}

/** Columns that are too large already (imported ones may be) can still shrink. */
export function checkSize(before: JsonObject, after: JsonObject): void {
  const bytes = bytesOf(after);
  if (bytes <= MAX_COLUMNS_BYTES || bytes < bytesOf(before)) return;
  throw invalidUpdate(`A conversation holds at most ${MAX_COLUMNS_BYTES} bytes of attributes, not ${bytes}.`);
}

function bytesOf(columns: JsonObject): number {
  return Buffer.byteLength(JSON.stringify(columns));
}
