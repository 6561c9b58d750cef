import { DataError } from '../errors.ts';

/** The columns of one object, as UTF-8 bytes of JSON. */
export const MAX_RECORD_BYTES = 128 * 1024;
/** Columns, and single changes in one request. */
export const MAX_FIELDS = 300;
/** How deep a value may nest. */
export const MAX_VALUE_DEPTH = 32;
const CLASS_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const COLUMN_NAME = /^[A-Za-z][A-Za-z0-9_]{0,99}$/;

/** @throws DataError INVALID_CLASS_NAME */
export function checkClassName(name: string): void {
  if (!CLASS_NAME.test(name))
    throw new DataError('INVALID_CLASS_NAME', `${quote(name)} is no name of a class.`);
}

/** @throws DataError INVALID_KEY_NAME */
export function checkColumnName(name: string): void {
  if (!COLUMN_NAME.test(name)) throw new DataError('INVALID_KEY_NAME', `${quote(name)} is no name of a key.`);
}

/** Names something a caller sent, cut to a length that suits a sentence. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
