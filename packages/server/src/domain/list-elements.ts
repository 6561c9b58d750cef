import { isJsonObject, type JsonValue } from './json.ts';

/**
 * The list with those elements at its end that are not in it yet, each once.
 *
 * @example appendMissing([1, 2], [2, 3, 3]); // [1, 2, 3]
 */
export function appendMissing(
  list: readonly JsonValue[],
  elements: readonly JsonValue[],
): readonly JsonValue[] {
  const present = new Set(list.map(identity));
  const missing = elements.filter((element) => {
    const id = identity(element);
    return !present.has(id) && present.add(id);
  });
  return [...list, ...missing];
}

/**
 * The list without every element that equals one of the given ones.
 *
 * @example withoutElements([1, { a: 1 }, 1], [{ a: 1 }, 1]); // []
 */
export function withoutElements(
  list: readonly JsonValue[],
  elements: readonly JsonValue[],
): readonly JsonValue[] {
  const unwanted = new Set(elements.map(identity));
  return list.filter((element) => !unwanted.has(identity(element)));
}

/** The same text for values that are deeply equal, so that long lists are compared in one pass. */
function identity(value: JsonValue): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isJsonObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
