import { isJsonObject, type JsonObject } from '../json.ts';
import type { QueryValue } from './condition.ts';
import { type DocumentValue, isList } from './document.ts';
import { instantOf, isDateValue } from './instants.ts';

/**
 * Whether a stored value is the wanted one: objects key by key, dates by instant, pointers by class and id.
 * Lists are compared as a whole; that a list also equals each of its elements is the matcher's business.
 */
export function equalValues(stored: DocumentValue, wanted: QueryValue): boolean {
  if (typeof wanted !== 'object' || wanted === null) return stored === wanted;
  if (typeof stored !== 'object' || stored === null) return false;
  // Not else: an app may have stored an object that happens to look like our date.
  if (isDateValue(wanted) && instantOf(stored) === wanted.date) return true;
  if (isList(wanted)) return isList(stored) && equalLists(stored, wanted);
  if (!isJsonObject(stored) || !isJsonObject(wanted)) return false;
  const instant = instantOf(wanted);
  if (instant !== undefined) return instantOf(stored) === instant;
  if (stored instanceof Date) return false;
  return isPointer(wanted) && isPointer(stored)
    ? equalPointers(stored, wanted)
    : equalObjects(stored, wanted);
}

function equalLists(stored: readonly DocumentValue[], wanted: readonly QueryValue[]): boolean {
  return (
    stored.length === wanted.length &&
    stored.every((element, index) => equalValues(element, wanted[index] as QueryValue))
  );
}

function equalObjects(stored: JsonObject, wanted: JsonObject): boolean {
  const keys = Object.keys(wanted);
  return (
    keys.length === Object.keys(stored).length &&
    keys.every((key) => Object.hasOwn(stored, key) && equalValues(stored[key] ?? null, wanted[key] ?? null))
  );
}

function isPointer(value: JsonObject): boolean {
  return value.__type === 'Pointer';
}

function equalPointers(stored: JsonObject, wanted: JsonObject): boolean {
  return stored.className === wanted.className && stored.objectId === wanted.objectId;
}

/**
 * Orders two strings as their UTF-8 bytes are ordered, which is by code point. UTF-16 order, which `<` gives,
 * differs from it for emoji and everything else beyond the basic plane.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return codePointRank(left) - codePointRank(right);
  }
  return a.length - b.length;
}

/** Moves surrogates, which stand for the highest code points, above U+E000–U+FFFF. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
