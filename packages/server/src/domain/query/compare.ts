import type { KeyPath, SortKey } from './condition.ts';
import { type DocumentValue, isList, type QueryDocument } from './document.ts';
import { instantOf } from './instants.ts';
import { compareText } from './values.ts';

/** Latest conversation first, as a conversation list shows them (`wire-protocol §4.5`). */
const latestFirst: readonly SortKey[] = [
  { path: ['lm'], descending: true },
  { path: ['updatedAt'], descending: true },
];

const objectId: KeyPath = ['objectId'];

/**
 * Turns sort keys into a comparison of documents. The order is total and the same on every engine: values of
 * different types order by type, equal ones by `objectId`, so that paging with `skip` neither repeats nor misses
 * one. Missing comes first, therefore last when descending.
 *
 * @example
 * documents.sort(compileSort([{ path: ['name'], descending: false }]));
 * documents.sort(compileSort([])); // latest message first
 */
export function compileSort(keys: readonly SortKey[]): (a: QueryDocument, b: QueryDocument) => number {
  const order = keys.length > 0 ? keys : latestFirst;
  return (a, b) => compareBy(order, a, b) || compareValues(a.value(objectId), b.value(objectId));
}

/** A document and its place among those that were inserted: higher is later. */
export interface Inserted {
  readonly document: QueryDocument;
  readonly place: number;
}

/**
 * The same for objects of the data API: equal ones stay in the order of their insertion (`storage-subset §4.1`), the
 * last first where the last key is descending, so that `-createdAt` is the reverse of `createdAt`.
 */
export function compileInsertionSort(keys: readonly SortKey[]): (a: Inserted, b: Inserted) => number {
  const direction = keys.at(-1)?.descending === true ? -1 : 1;
  return (a, b) => compareBy(keys, a.document, b.document) || direction * (a.place - b.place);
}

function compareBy(keys: readonly SortKey[], a: QueryDocument, b: QueryDocument): number {
  for (const { path, descending } of keys) {
    const verdict = compareValues(a.value(path), b.value(path));
    if (verdict !== 0) return descending ? -verdict : verdict;
  }
  return 0;
}

/** Orders any two values: by MongoDB's order of types, then by value. Lists and objects are all alike. */
export function compareValues(a: DocumentValue | undefined, b: DocumentValue | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  const byType = typeRank(a) - typeRank(b);
  if (byType !== 0) return byType;
  if (typeof a === 'boolean') return Number(a) - Number(b);
  return (instantOf(a) ?? 0) - (instantOf(b) ?? 0);
}

function typeRank(value: DocumentValue | undefined): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'number') return 1;
  if (typeof value === 'string') return 2;
  if (typeof value === 'boolean') return 5;
  if (isList(value)) return 4;
  return instantOf(value) === undefined ? 3 : 6;
}
