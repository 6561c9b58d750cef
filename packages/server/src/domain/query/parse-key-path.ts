import type { KeyPath } from './condition.ts';
import { invalidQuery, quote } from './invalid-query.ts';

const MAX_KEY_LENGTH = 512;
const MAX_SEGMENTS = 16;

/**
 * Splits a key at its dots.
 *
 * @example parseKeyPath('attr.type'); // ['attr', 'type']
 */
export function parseKeyPath(key: string): KeyPath {
  const path = key.length > MAX_KEY_LENGTH ? [] : key.split('.');
  if (path.length === 0 || path.length > MAX_SEGMENTS)
    throw invalidQuery(`The key ${quote(key)} is too long.`);
  if (path.includes('')) throw invalidQuery(`The key ${quote(key)} has an empty part.`);
  return path;
}
