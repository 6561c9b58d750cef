import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { KeyPath } from '../../domain/query/condition.ts';
import { isList } from '../../domain/query/document.ts';

/** One value of one attribute, as the index holds it. */
export interface AttributeEntry {
  readonly path: string;
  readonly value: string | number;
}

/** Conditions on deeper paths are decided by looking at the conversations. */
export const MAX_INDEXED_DEPTH = 3;
/** Of a longer text only the beginning is indexed, and looked for. */
const MAX_INDEXED_TEXT = 200;

/**
 * Every plain value of the attributes with the path that leads to it, lists element by element, as conditions see
 * them (`domain/query/document.ts`).
 *
 * @example attributeEntries({ name: 'n', attr: { tags: ['a', 'b'] } })
 * // [{ path: 'name', value: 'n' }, { path: 'attr\u0000tags', value: 'a' }, { path: 'attr\u0000tags', value: 'b' }]
 */
export function attributeEntries(columns: JsonObject): readonly AttributeEntry[] {
  const entries = new Map<string, AttributeEntry>();
  collect(columns, [], (entry) => entries.set(JSON.stringify(entry), entry));
  return [...entries.values()];
}

export function indexedPath(path: KeyPath): string {
  return path.join('\u0000');
}

/** A value as the index holds it; `undefined` for what is not indexed. */
export function indexedValue(value: unknown): string | number | undefined {
  switch (typeof value) {
    case 'string':
      return value.slice(0, MAX_INDEXED_TEXT);
    case 'number':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    default:
      return undefined;
  }
}

function collect(value: JsonValue, path: KeyPath, add: (entry: AttributeEntry) => void): void {
  const plain = indexedValue(value);
  if (plain !== undefined) {
    if (path.length > 0) add({ path: indexedPath(path), value: plain });
  } else if (isList(value)) {
    for (const element of value) if (!isList(element)) collect(element, path, add);
  } else if (typeof value === 'object' && value !== null && path.length < MAX_INDEXED_DEPTH) {
    for (const [key, inner] of Object.entries(value)) collect(inner, [...path, key], add);
  }
}
