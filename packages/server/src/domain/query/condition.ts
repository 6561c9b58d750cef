import type { Milliseconds } from '../identifiers.ts';
import type { JsonValue } from '../json.ts';

/** A moment in a query, however the wire spelled it. Compared with date columns and stored Date objects alike. */
export interface DateValue {
  readonly date: Milliseconds;
}

export type QueryValue = JsonValue | DateValue;

/** A key split at its dots: `attr.type` is `['attr', 'type']`. */
export type KeyPath = readonly string[];

export type ComparisonOperator = 'less' | 'less-or-equal' | 'greater' | 'greater-or-equal';

/** What a conversation must satisfy; the meaning of a `where` object once it was parsed and bounded. */
export type Condition =
  | { readonly test: 'all'; readonly conditions: readonly Condition[] }
  | { readonly test: 'any'; readonly conditions: readonly Condition[] }
  | { readonly test: 'equal' | 'not-equal'; readonly path: KeyPath; readonly value: QueryValue }
  | { readonly test: ComparisonOperator; readonly path: KeyPath; readonly value: QueryValue }
  | {
      readonly test: 'in' | 'not-in' | 'contains-all';
      readonly path: KeyPath;
      readonly values: readonly QueryValue[];
    }
  | { readonly test: 'size'; readonly path: KeyPath; readonly size: number }
  | { readonly test: 'exists'; readonly path: KeyPath; readonly present: boolean }
  | { readonly test: 'matches'; readonly path: KeyPath; readonly pattern: string; readonly options: string };

export interface SortKey {
  readonly path: KeyPath;
  readonly descending: boolean;
}

/** The condition every conversation meets. */
export const everything: Condition = { test: 'all', conditions: [] };
