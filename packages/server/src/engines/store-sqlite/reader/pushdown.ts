import type { AppKey } from '../../../domain/identifiers.ts';
import type { Condition, KeyPath, QueryValue, SortKey } from '../../../domain/query/condition.ts';
import { isServerColumn } from '../../../domain/query/conversation-document.ts';
import { indexedPath, indexedValue, MAX_INDEXED_DEPTH } from '../attribute-entries.ts';

/** A piece of SQL with its parameters in order. */
export interface SqlCondition {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
  /** An index leads straight to the conversations it means, so walking the app's conversations would be a detour. */
  readonly isSelective: boolean;
}

/** Columns whose values compare in SQL exactly as in a condition. */
const DATE_COLUMNS: ReadonlyMap<string, string> = new Map([
  ['createdAt', 'created_at'],
  ['updatedAt', 'updated_at'],
  ['lm', 'last_message_at'],
]);
const TEXT_COLUMNS: ReadonlyMap<string, string> = new Map([
  ['objectId', 'id'],
  ['c', 'creator'],
  ['uniqueId', 'unique_id'],
]);
const INDEXED_COLUMNS: ReadonlySet<string> = new Set(['id', 'unique_id']);
const FLAG_COLUMNS: ReadonlyMap<string, string> = new Map([
  ['tr', "kind = 'chat-room'"],
  ['sys', "kind = 'service'"],
  ['unique', 'is_unique = 1'],
]);
const MAX_LIST = 1000;

/**
 * As much of a condition as SQL can decide. Every conversation that meets the condition meets the SQL; what the SQL
 * lets through besides, the evaluator sorts out. `undefined` says nothing could be said.
 */
export function pushDown(condition: Condition, app: AppKey): SqlCondition | undefined {
  switch (condition.test) {
    case 'all':
      return all(condition.conditions.map((part) => pushDown(part, app)));
    case 'any':
      return any(condition.conditions.map((part) => pushDown(part, app)));
    case 'equal':
      return oneOf(condition.path, [condition.value], app);
    case 'not-equal':
      return flag(condition.path, condition.value === true ? false : undefined);
    case 'in':
      return oneOf(condition.path, condition.values, app);
    case 'contains-all':
      return all(condition.values.map((value) => oneOf(condition.path, [value], app)));
    case 'less':
    case 'less-or-equal':
    case 'greater':
    case 'greater-or-equal':
      return compare(condition.path, condition.test, condition.value);
    default:
      return undefined;
  }
}

/** The order as SQL, where all its keys are columns; ties go by id as everywhere. */
export function orderBy(sort: readonly SortKey[]): string | undefined {
  if (sort.length === 0) return 'last_message_at IS NULL, last_message_at DESC, updated_at DESC, id';
  const keys = sort.map(({ path, descending }) => {
    const [name = '', ...rest] = path;
    const column =
      rest.length === 0 ? (DATE_COLUMNS.get(name) ?? (name === 'objectId' ? 'id' : undefined)) : undefined;
    return column === undefined ? undefined : `${column} ${descending ? 'DESC' : 'ASC'}`;
  });
  return keys.includes(undefined) ? undefined : [...keys, 'id'].join(', ');
}

/** The value at a path, or an element of the list there, is one of these. */
function oneOf(path: KeyPath, values: readonly QueryValue[], app: AppKey): SqlCondition | undefined {
  const [name = ''] = path;
  if (values.length === 0 || values.length > MAX_LIST) return undefined;
  if (!isServerColumn(name)) return attribute(path, values, app);
  if (path.length > 1) return undefined;
  const texts = values.filter((value) => typeof value === 'string');
  if (name === 'm' && texts.length === values.length) {
    const clients = placeholders(texts);
    return {
      sql: `key IN (SELECT conversation FROM member WHERE app = ? AND client IN (${clients}))`,
      parameters: [app, ...texts],
      isSelective: true,
    };
  }
  const column = TEXT_COLUMNS.get(name);
  if (column !== undefined && texts.length === values.length) {
    return {
      sql: `${column} IN (${placeholders(texts)})`,
      parameters: texts,
      isSelective: INDEXED_COLUMNS.has(column),
    };
  }
  const [value] = values;
  return values.length === 1 && typeof value === 'boolean' ? flag(path, value) : undefined;
}

function attribute(path: KeyPath, values: readonly QueryValue[], app: AppKey): SqlCondition | undefined {
  // A number in a path may mean an element of a list, which the index does not count.
  if (path.length > MAX_INDEXED_DEPTH || path.some((segment) => /^\d+$/.test(segment))) return undefined;
  const wanted = values.map(indexedValue);
  const indexed = wanted.filter((value) => value !== undefined);
  if (indexed.length < wanted.length) return undefined;
  return {
    sql: `key IN (SELECT conversation FROM conversation_attribute
                   WHERE app = ? AND path = ? AND value IN (${placeholders(indexed)}))`,
    parameters: [app, indexedPath(path), ...indexed],
    isSelective: true,
  };
}

function flag(path: KeyPath, value: boolean | undefined): SqlCondition | undefined {
  const column = path.length === 1 ? FLAG_COLUMNS.get(path[0] ?? '') : undefined;
  if (column === undefined || value === undefined) return undefined;
  return { sql: value ? column : `NOT (${column})`, parameters: [], isSelective: false };
}

const SQL_OPERATORS = { less: '<', 'less-or-equal': '<=', greater: '>', 'greater-or-equal': '>=' } as const;

function compare(
  path: KeyPath,
  test: keyof typeof SQL_OPERATORS,
  value: QueryValue,
): SqlCondition | undefined {
  const column = path.length === 1 ? DATE_COLUMNS.get(path[0] ?? '') : undefined;
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

function placeholders(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
