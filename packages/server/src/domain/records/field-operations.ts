import { changeAtPath, NoObjectThere } from '../change-at-path.ts';
import { DataError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { parseOperator, type ValueChange } from '../value-operators.ts';
import { checkValue } from './check-value.ts';
import { checkColumnName, MAX_FIELDS, MAX_RECORD_BYTES, quote } from './limits.ts';

const MAX_PATH_SEGMENTS = 16;

/** One change of one key of an object. */
export interface FieldOperation {
  /** As the caller wrote it, dots included. */
  readonly key: string;
  readonly path: readonly string[];
  /** An operator makes the new value from the old one, so whoever saved learns it from the answer. */
  readonly isOperator: boolean;
  /** What stands there afterwards; `undefined` for nothing. */
  readonly change: ValueChange;
}

/**
 * Reads what a caller wants to save: values, and operations `{"__op": …}` (`storage-subset §5.3`).
 *
 * @example parseFields({ name: 'n', 'attr.count': { __op: 'Increment', amount: 1 } })
 * @throws DataError
 */
export function parseFields(fields: JsonObject): readonly FieldOperation[] {
  const entries = Object.entries(fields);
  if (entries.length > MAX_FIELDS) {
    throw new DataError(
      'BAD_ARGUMENT',
      `One request changes at most ${MAX_FIELDS} keys, not ${entries.length}.`,
    );
  }
  const operations = entries.map(([key, value]) => parseField(key, value));
  refuseOverlap(operations);
  return operations;
}

/**
 * The columns after these operations, one after the other; nothing passed in is changed.
 *
 * @throws DataError TYPE_MISMATCH, BAD_ARGUMENT
 */
export function applyFields(columns: JsonObject, operations: readonly FieldOperation[]): JsonObject {
  const changed = operations.reduce(applyField, columns);
  if (Object.keys(changed).length > MAX_FIELDS) {
    throw new DataError('BAD_ARGUMENT', `An object has at most ${MAX_FIELDS} keys.`);
  }
  const bytes = Buffer.byteLength(JSON.stringify(changed));
  if (bytes > MAX_RECORD_BYTES) {
    throw new DataError('BAD_ARGUMENT', `An object has at most ${MAX_RECORD_BYTES} bytes, not ${bytes}.`);
  }
  return changed;
}

function applyField(columns: JsonObject, { key, path, change }: FieldOperation): JsonObject {
  try {
    return changeAtPath(columns, path, change);
  } catch (error) {
    if (!(error instanceof NoObjectThere)) throw error;
    throw new DataError(
      'TYPE_MISMATCH',
      `${quote(key)} cannot be changed inside something that is no object.`,
    );
  }
}

function parseField(key: string, value: JsonValue): FieldOperation {
  const path = key.split('.', MAX_PATH_SEGMENTS + 1);
  if (path.length > MAX_PATH_SEGMENTS || path.includes('') || path.includes('__proto__')) {
    throw new DataError('INVALID_KEY_NAME', `${quote(key)} is no key.`);
  }
  checkColumnName(path[0] ?? '');
  if (isJsonObject(value) && Object.hasOwn(value, '__op')) {
    return { key, path, isOperator: value.__op !== 'Delete', change: operator(key, value) };
  }
  checkValue(value, key);
  return { key, path, isOperator: false, change: () => value };
}

function operator(key: string, value: JsonObject): ValueChange {
  return parseOperator({
    key: quote(key),
    value,
    check: (objects) => checkValue(objects, key),
    unknown: (sentence) => new DataError('NOT_IMPLEMENTED', sentence),
    malformed: (sentence) => new DataError('BAD_ARGUMENT', sentence),
    mismatch: (sentence) => new DataError('TYPE_MISMATCH', sentence),
  });
}

/** Replacing `attr` and setting `attr.k` in one request has no order and therefore no meaning. */
function refuseOverlap(operations: readonly FieldOperation[]): void {
  const keys = new Set(operations.map(({ key }) => key));
  for (const { key, path } of operations) {
    for (let length = 1; length < path.length; length++) {
      const outer = path.slice(0, length).join('.');
      if (keys.has(outer)) {
        throw new DataError(
          'BAD_ARGUMENT',
          `A request may change ${quote(outer)} or ${quote(key)}, not both.`,
        );
      }
    }
  }
}
