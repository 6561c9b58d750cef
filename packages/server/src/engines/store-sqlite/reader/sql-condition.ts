import type { Condition, KeyPath, QueryValue } from '../../../domain/query/condition.ts';
import { indexedPath, indexedValue, MAX_INDEXED_DEPTH } from '../attribute-entries.ts';

/** A piece of SQL with its parameters in order. */
export interface SqlCondition {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
  /** An index leads straight to the rows it means, so walking all of them would be a detour. */
  readonly isSelective: boolean;
}

type Ordering = 'less' | 'less-or-equal' | 'greater' | 'greater-or-equal';

/** What SQL can say about the columns of one kind of row; `undefined` for nothing. */
export interface SqlWords {
  /** The value at a path, or an element of the list there, is one of these. */
  oneOf(path: KeyPath, values: readonly QueryValue[]): SqlCondition | undefined;
  isNot?(path: KeyPath, value: QueryValue): SqlCondition | undefined;
  /** The column of a date, compared as milliseconds. */
  dateColumn(name: string): string | undefined;
}

/** Longer lists are left to the evaluator: SQLite takes only so many parameters. */
export const MAX_LIST = 1000;
const SQL_OPERATORS = { less: '<', 'less-or-equal': '<=', greater: '>', 'greater-or-equal': '>=' } as const;

/**
 * As much of a condition as SQL can decide. Every row that meets the condition meets the SQL; what the SQL lets through
 * besides, the evaluator sorts out. `undefined` says nothing could be said.
 */
export function narrow(condition: Condition, words: SqlWords): SqlCondition | undefined {
  switch (condition.test) {
    case 'all':
      return all(condition.conditions.map((part) => narrow(part, words)));
    case 'any':
      return any(condition.conditions.map((part) => narrow(part, words)));
    case 'equal':
      return oneOf(words, condition.path, [condition.value]);
    case 'not-equal':
      return words.isNot?.(condition.path, condition.value);
    case 'in':
      return oneOf(words, condition.path, condition.values);
    case 'contains-all':
      return all(condition.values.map((value) => oneOf(words, condition.path, [value])));
    case 'less':
    case 'less-or-equal':
    case 'greater':
    case 'greater-or-equal':
      return compare(words, condition.path, condition.test, condition.value);
    default:
      return undefined;
  }
}

/** A condition on a table of values by path, as `attribute-entries.ts` makes them. */
export function indexed(
  path: KeyPath,
  values: readonly QueryValue[],
  from: (placeholders: string) => string,
  scope: number,
): SqlCondition | undefined {
  // A number in a path may mean an element of a list, which the index does not count.
  if (path.length > MAX_INDEXED_DEPTH || path.some((segment) => /^\d+$/.test(segment))) return undefined;
  const wanted = values.map(indexedValue).filter((value) => value !== undefined);
  if (wanted.length < values.length) return undefined;
  return {
    sql: from(placeholders(wanted)),
    parameters: [scope, indexedPath(path), ...wanted],
    isSelective: true,
  };
}

export function placeholders(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}

function oneOf(words: SqlWords, path: KeyPath, values: readonly QueryValue[]): SqlCondition | undefined {
  return values.length === 0 || values.length > MAX_LIST ? undefined : words.oneOf(path, values);
}

function compare(
  words: SqlWords,
  path: KeyPath,
  test: Ordering,
  value: QueryValue,
): SqlCondition | undefined {
  const column = path.length === 1 ? words.dateColumn(path[0] ?? '') : undefined;
  const moment = typeof value === 'object' && value !== null && 'date' in value ? value.date : undefined;
  if (column === undefined || typeof moment !== 'number') return undefined;
  return { sql: `${column} ${SQL_OPERATORS[test]} ?`, parameters: [moment], isSelective: false };
}

/** What cannot be said is left out: the evaluator asks for it. */
function all(parts: readonly (SqlCondition | undefined)[]): SqlCondition | undefined {
  const said = parts.filter((part) => part !== undefined);
  return said.length === 0
    ? undefined
    : join(
        said,
        ' AND ',
        said.some((part) => part.isSelective),
      );
}

/** One alternative that cannot be said lets everything through. */
function any(parts: readonly (SqlCondition | undefined)[]): SqlCondition | undefined {
  const said = parts.filter((part) => part !== undefined);
  if (said.length === 0 || said.length < parts.length) return undefined;
  return join(
    said,
    ' OR ',
    said.every((part) => part.isSelective),
  );
}

function join(parts: readonly SqlCondition[], between: string, isSelective: boolean): SqlCondition {
  return {
    sql: `(${parts.map((part) => part.sql).join(between)})`,
    parameters: parts.flatMap((part) => part.parameters),
    isSelective,
  };
}
