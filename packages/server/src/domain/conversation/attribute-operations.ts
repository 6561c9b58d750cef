import { changeAtPath, NoObjectThere } from '../change-at-path.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import type { KeyPath } from '../query/condition.ts';
import { parseOperator, type ValueChange } from '../value-operators.ts';
import {
  checkKey,
  checkSize,
  checkValue,
  invalidUpdate,
  MAX_OPERATIONS,
  MAX_PATH_SEGMENTS,
} from './attribute-limits.ts';
import { isReservedColumn } from './reserved-columns.ts';

/** One change of an update. */
export interface AttributeOperation {
  /** Begins with a top-level column. */
  readonly path: KeyPath;
  readonly change: ValueChange;
}

/**
 * Reads an attribute update (`wire-protocol §4.4`). Keys are top-level columns or dotted paths; values replace what
 * is there, unless they are one of the operations `{"__op": …}`.
 *
 * A server-controlled column is refused, not skipped (F-CONV-47): what was asked is told to all other members, and
 * the JS SDK merges it as it is, so a skipped `m` would still change the member list on their screens.
 *
 * @example
 * parseAttributeUpdate({ name: 'n', 'attr.old': { __op: 'Delete' } });
 * // [{ path: ['name'], change: () => 'n' }, { path: ['attr', 'old'], change: () => undefined }]
 * @throws ImError CONVERSATION_UPDATE_FAILED
 */
export function parseAttributeUpdate(update: JsonObject): AttributeOperation[] {
  const entries = Object.entries(update);
  if (entries.length > MAX_OPERATIONS) {
    throw invalidUpdate(`An update changes at most ${MAX_OPERATIONS} keys at once, not ${entries.length}.`);
  }
  const operations = entries.map(([key, value]) => parseOperation(parsePath(key), value));
  refuseOverlap(operations);
  return operations;
}

function parsePath(key: string): KeyPath {
  const path = key.split('.', MAX_PATH_SEGMENTS + 1);
  if (path.length > MAX_PATH_SEGMENTS) throw invalidUpdate(`A key has at most ${MAX_PATH_SEGMENTS} parts.`);
  if (path.includes('')) throw invalidUpdate(`The key ${quote(key)} has an empty part.`);
  path.forEach(checkKey);
  const [column = ''] = path;
  if (isReservedColumn(column)) {
    throw invalidUpdate(`${quote(column)} is kept by the server and cannot be changed by an update.`);
  }
  return path;
}

function parseOperation(path: KeyPath, value: JsonValue): AttributeOperation {
  if (isJsonObject(value) && Object.hasOwn(value, '__op')) return { path, change: operator(path, value) };
  // A conversation without name or attributes lacks the key: to SDKs a null is worse than nothing.
  if (value === null && path.length === 1 && isNotNull(path[0])) return { path, change: () => undefined };
  checkValue(value);
  return { path, change: () => value };
}

function isNotNull(column: string | undefined): boolean {
  return column === 'name' || column === 'attr';
}

function operator(path: KeyPath, value: JsonObject): ValueChange {
  return parseOperator({
    key: named(path),
    value,
    check: checkValue,
    unknown: invalidUpdate,
    malformed: invalidUpdate,
    mismatch: invalidUpdate,
  });
}

/**
 * Replacing `attr` and setting `attr.k` in one update has no order and therefore no meaning. The same holds for any
 * path and one within it.
 */
function refuseOverlap(operations: readonly AttributeOperation[]): void {
  const paths = new Set(operations.map(({ path }) => path.join('.')));
  for (const { path } of operations) {
    for (let length = 1; length < path.length; length++) {
      const outer = path.slice(0, length);
      if (paths.has(outer.join('.'))) {
        throw invalidUpdate(`An update may change ${named(outer)} or ${named(path)}, not both.`);
      }
    }
  }
}

export interface AppliedUpdate {
  readonly columns: JsonObject;
  /**
   * Per touched top-level column its complete new value, because Java replaces whole columns by it; deleted ones are
   * missing.
   */
  readonly resulting: JsonObject;
}

/**
 * Applies an update to the columns of a conversation; nothing passed in is changed.
 *
 * @example
 * applyAttributeUpdate({ attr: { old: 5, keep: 7 } }, parseAttributeUpdate({ 'attr.old': { __op: 'Delete' } }));
 * // { columns: { attr: { keep: 7 } }, resulting: { attr: { keep: 7 } } }
 * @throws ImError CONVERSATION_UPDATE_FAILED where an operation does not fit what is stored, or it gets too large
 */
export function applyAttributeUpdate(
  columns: JsonObject,
  operations: readonly AttributeOperation[],
): AppliedUpdate {
  const changed = operations.reduce(applyOperation, columns);
  const touched = new Set(operations.map(({ path }) => path[0] ?? ''));
  const resulting = Object.fromEntries(Object.entries(changed).filter(([column]) => touched.has(column)));
  checkTypes(resulting);
  checkSize(columns, changed);
  return { columns: changed, resulting };
}

function applyOperation(columns: JsonObject, { path, change }: AttributeOperation): JsonObject {
  try {
    return changeAtPath(columns, path, change);
  } catch (error) {
    if (!(error instanceof NoObjectThere)) throw error;
    throw invalidUpdate(
      `${named(path.slice(0, error.depth))} is not an object, so ${named(path)} cannot be changed.`,
    );
  }
}

/** SDKs cast these two columns without looking. */
function checkTypes(resulting: JsonObject): void {
  const { name, attr } = resulting;
  if (name !== undefined && typeof name !== 'string') throw invalidUpdate('"name" must be a string.');
  if (attr !== undefined && !isJsonObject(attr)) throw invalidUpdate('"attr" must be an object.');
}

function named(path: KeyPath): string {
  return quote(path.join('.'));
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
