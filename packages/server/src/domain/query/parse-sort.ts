import type { SortKey } from './condition.ts';
import { invalidQuery } from './invalid-query.ts';
import { parseKeyPath } from './parse-key-path.ts';

const MAX_SORT_KEYS = 8;

/**
 * Reads the sort order of a query: keys divided by commas, `-` in front for descending. Nothing at all is the
 * default order, which `compileSort` knows.
 *
 * @example
 * parseSort('-lm,name');
 * // [{ path: ['lm'], descending: true }, { path: ['name'], descending: false }]
 * @throws ImError CONVERSATION_QUERY_FAILED
 */
export function parseSort(text: string | undefined): SortKey[] {
  const keys = (text ?? '')
    .split(',', MAX_SORT_KEYS * 4)
    .map((key) => key.trim())
    .filter((key) => key !== '');
  if (keys.length > MAX_SORT_KEYS)
    throw invalidQuery(`A query can be sorted by at most ${MAX_SORT_KEYS} keys.`);
  return keys.map((key) => {
    const descending = key.startsWith('-');
    return { path: parseKeyPath(descending ? key.slice(1) : key), descending };
  });
}
