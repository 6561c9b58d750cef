import { DataError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { instantOf } from '../query/instants.ts';
import { MAX_VALUE_DEPTH, quote } from './limits.ts';

/**
 * Refuses values of the data API that are malformed (`storage-subset §3`): what is read back later must be decodable
 * by every SDK.
 *
 * @param name of the key, for the sentence
 * @throws DataError BAD_ARGUMENT, MALFORMED_POINTER, INVALID_KEY_NAME
 */
export function checkValue(value: JsonValue, name: string, depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth >= MAX_VALUE_DEPTH) {
    throw new DataError('BAD_ARGUMENT', `${quote(name)} nests more than ${MAX_VALUE_DEPTH} levels deep.`);
  }
  if (isJsonObject(value) && Object.hasOwn(value, '__type')) checkTyped(value, name);
  for (const [key, inner] of Object.entries(value)) {
    if (key === '__proto__') throw new DataError('INVALID_KEY_NAME', 'No key may be called "__proto__".');
    checkValue(inner, name, depth + 1);
  }
}

function checkTyped(value: JsonObject, name: string): void {
  const isText = (key: string) => typeof value[key] === 'string';
  const refuse = (what: string) => new DataError('BAD_ARGUMENT', `${quote(name)} holds ${what}.`);
  switch (value.__type) {
    case 'Pointer':
      if (isText('className') && isText('objectId')) return;
      throw new DataError(
        'MALFORMED_POINTER',
        `${quote(name)} holds a pointer without "className" and "objectId".`,
      );
    case 'Date':
      if (instantOf(value) !== undefined) return;
      throw refuse('a date without a moment such as 2025-06-15T15:06:40.123Z in "iso"');
    case 'Bytes':
      if (isText('base64')) return;
      throw refuse('bytes without their text in "base64"');
    case 'GeoPoint':
      if (isWithin(value.latitude, 90) && isWithin(value.longitude, 180)) return;
      throw refuse('a place without "latitude" and "longitude" in degrees');
    case 'File':
      if (isText('id') || isText('objectId')) return;
      throw refuse('a file without its "id"');
    case 'Relation':
      throw new DataError('NOT_IMPLEMENTED', 'Relations are not implemented; keep a list of pointers.');
  }
}

function isWithin(degrees: JsonValue | undefined, most: number): boolean {
  return typeof degrees === 'number' && Math.abs(degrees) <= most;
}
