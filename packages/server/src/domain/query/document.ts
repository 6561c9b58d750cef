import type { JsonObject, JsonValue } from '../json.ts';
import type { KeyPath } from './condition.ts';

/**
 * What a document may hold at a path. Server-controlled dates are `Date` objects, which no JSON can imitate; dates
 * stored by apps stay `{"__type":"Date","iso":…}`. The evaluator treats both alike.
 */
export type DocumentValue = JsonValue | Date;

/**
 * What conditions and sort orders look at: values by path. An accessor rather than an object, so that an engine
 * that reads a million rows builds only what the query asks for.
 */
export interface QueryDocument {
  /** `undefined` where there is nothing; a stored `null` is `null`. */
  value(path: KeyPath): DocumentValue | undefined;
}

/**
 * Follows a path through stored JSON, from the segment `from` on. Only own keys count, so a client that asks for
 * `attr.constructor` finds what the app stored there and nothing else. In a list, a number names an element and any
 * other segment is followed in every element, as MongoDB does it.
 *
 * @example
 * valueAtPath({ a: { b: 1 } }, ['a', 'b']);           // 1
 * valueAtPath({ a: [{ b: 1 }, { b: 2 }] }, ['a', 'b']); // [1, 2]
 */
export function valueAtPath(root: JsonObject, path: KeyPath, from = 0): JsonValue | undefined {
  let value: JsonValue = root;
  for (let index = from; index < path.length; index++) {
    if (typeof value !== 'object' || value === null) return undefined;
    const key = path[index] ?? '';
    if (isList(value)) {
      if (!/^\d+$/.test(key)) return valuesInElements(value, path, index);
      const element: JsonValue | undefined = value[Number(key)];
      if (element === undefined) return undefined;
      value = element;
    } else {
      if (!Object.hasOwn(value, key)) return undefined;
      value = value[key] ?? null;
    }
  }
  return value;
}

function valuesInElements(list: readonly JsonValue[], path: KeyPath, from: number): JsonValue | undefined {
  const found: JsonValue[] = [];
  for (const element of list) {
    // Lists in lists are not searched: that would let a path of a few segments visit everything.
    if (typeof element !== 'object' || element === null || isList(element)) continue;
    const value = valueAtPath(element, path, from);
    if (value !== undefined) found.push(value);
  }
  return found.length > 0 ? found : undefined;
}

/** `Array.isArray` that also narrows read-only arrays. */
export function isList(value: unknown): value is readonly JsonValue[] {
  return Array.isArray(value);
}
