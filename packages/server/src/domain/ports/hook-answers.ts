import type { JsonObject, JsonValue } from '../json.ts';

// What any answer of a hook may hold, whoever gives it.

/** As in requests over REST: deeper nesting serves nobody, and what walks over values may recurse. */
const MAX_DEPTH = 64;

export function isTooDeep(value: JsonValue, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth >= MAX_DEPTH || Object.values(value).some((inner) => isTooDeep(inner, depth + 1));
}
