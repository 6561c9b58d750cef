import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

type Change = (value: JsonValue | undefined) => JsonValue | undefined;

/** A path that leads through something that is no object. */
export class NoObjectThere extends Error {
  override readonly name = 'NoObjectThere';
  /** How many segments of the path lead to it. */
  readonly depth: number;

  constructor(depth: number) {
    super('There is no object to change.');
    this.depth = depth;
  }
}

/**
 * Copies the objects along the path and changes the value at its end; `undefined` stands for nothing.
 *
 * @throws NoObjectThere
 */
export function changeAtPath(
  object: JsonObject,
  path: readonly string[],
  change: Change,
  at = 0,
): JsonObject {
  const key = path[at] ?? '';
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  const changed = at === path.length - 1 ? change(value) : changeInside(value, path, change, at);
  if (changed !== undefined) return { ...object, [key]: changed };
  if (value === undefined) return object;
  return Object.fromEntries(Object.entries(object).filter(([other]) => other !== key));
}

function changeInside(
  value: JsonValue | undefined,
  path: readonly string[],
  change: Change,
  at: number,
): JsonValue | undefined {
  if (value !== undefined && value !== null && !isJsonObject(value)) {
    // Nothing is in there, so taking something away is already done.
    if (change(undefined) === undefined) return value;
    throw new NoObjectThere(at + 1);
  }
  const changed = changeAtPath(value ?? {}, path, change, at + 1);
  // Deleting what is not there must not leave an empty object behind.
  const isStillNothing = Object.keys(changed).length === 0 && !isJsonObject(value);
  return isStillNothing ? value : changed;
}
