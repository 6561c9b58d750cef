import { readTime } from '../conversations/conversation-data.ts';
import { isObject, type JsonValue } from '../json.ts';

/** Orders any two values as servers do: by type, then by value. Lists and objects are all alike. */
export function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  const byType = rank(a) - rank(b);
  if (byType !== 0) return byType;
  return typeof a === 'boolean' ? Number(a) - Number(b) : (dateOf(a) ?? 0) - (dateOf(b) ?? 0);
}

/** Nothing comes before something. */
function rank(value: unknown): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'number') return 1;
  if (typeof value === 'string') return 2;
  if (typeof value === 'boolean') return 5;
  if (Array.isArray(value)) return 4;
  return dateOf(value) === undefined ? 3 : 6;
}

function dateOf(value: unknown): number | undefined {
  return isObject(value) && value.__type === 'Date' ? readTime(value as JsonValue) : undefined;
}

/** By code point, as UTF-8 is ordered. `<` puts everything beyond the basic plane, such as emoji, too early. */
function compareText(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  // Within a pair the first half was the same, and the second ones compare like the code points.
  return (a.codePointAt(at) ?? -1) - (b.codePointAt(at) ?? -1);
}
