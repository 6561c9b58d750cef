import type { AppKey } from '../../../domain/identifiers.ts';
import type { Condition, KeyPath, QueryValue, SortKey } from '../../../domain/query/condition.ts';

/** A piece of SQL with its parameters in order. */
export interface SqlCondition {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

/** Columns whose values compare in SQL exactly as in a condition. */
const DATE_COLUMNS: Readonly<Record<string, string>> = {
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  lm: 'last_message_at',
};
const TEXT_COLUMNS: Readonly<Record<string, string>> = {
  objectId: 'id',
  c: 'creator',
  uniqueId: 'unique_id',
};
const FLAG_COLUMNS: Readonly<Record<string, string>> = {
  tr: "kind = 'chat-room'",
  sys: "kind = 'service'",
  unique: 'is_unique = 1',
};
const MAX_LIST = 500;

/**
 * As much of a condition as SQL can decide. Every conversation that meets the condition meets the SQL; what the SQL
 * lets through besides, the evaluator sorts out. `undefined` says nothing could be said.
 */
export function pushDown(condition: Condition, app: AppKey): SqlCondition | undefined {
  switch (condition.test) {
    case 'all': {
      const parts = condition.conditions.flatMap((part) => pushDown(part, app) ?? []);
      return parts.length === 0 ? undefined : join(parts, ' AND ');
    }
    case 'any': {
      const parts = condition.conditions.map((part) => pushDown(part, app));
      return parts.every((part) => part !== undefined) && parts.length > 0 ? join(parts, ' OR ') : undefined;
    }
    case 'equal':
      return equal(condition.path, condition.value, app);
    case 'not-equal':
      return flag(condition.path, condition.value === true ? false : undefined);
    case 'in':
      return oneOf(condition.path, condition.values, app);
    case 'contains-all': {
      const parts = condition.values.flatMap((value) => equal(condition.path, value, app) ?? []);
      return parts.length === 0 ? undefined : join(parts, ' AND ');
    }
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
      rest.length === 0 ? (DATE_COLUMNS[name] ?? (name === 'objectId' ? 'id' : undefined)) : undefined;
    return column === undefined ? undefined : `${column} ${descending ? 'DESC' : 'ASC'}`;
  });
  return keys.includes(undefined) ? undefined : [...keys, 'id'].join(', ');
}

function equal(path: KeyPath, value: QueryValue, app: AppKey): SqlCondition | undefined {
  const [name = ''] = path;
  if (path.length === 1) {
    if (name === 'm' && typeof value === 'string') {
      return {
        sql: 'key IN (SELECT conversation FROM member WHERE app = ? AND client = ?)',
        parameters: [app, value],
      };
    }
    if (typeof value === 'boolean' && name in FLAG_COLUMNS) return flag(path, value);
    const column = TEXT_COLUMNS[name];
    if (column !== undefined && typeof value === 'string')
      return { sql: `${column} = ?`, parameters: [value] };
    if (
      name in DATE_COLUMNS ||
      name in FLAG_COLUMNS ||
      column !== undefined ||
      name === 'm' ||
      name === 'mu'
    ) {
      return undefined;
    }
  }
  return storedValue(path, value);
}

/** A list matches by its elements, so a stored list is always let through to the evaluator. */
function storedValue(path: KeyPath, value: QueryValue): SqlCondition | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  // Only plain names: anything else in a JSON path could mean something. A list on the way would need its elements.
  if (path.length > 2 || !path.every((segment) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(segment))) return undefined;
  const pointer = `$.${path.map((segment) => `"${segment}"`).join('.')}`;
  const parent = `$."${path[0] ?? ''}"`;
  return {
    sql: `(json_extract(columns, ?) = ? OR json_type(columns, ?) = 'array' OR json_type(columns, ?) = 'array')`,
    parameters: [pointer, value, pointer, parent],
  };
}

function oneOf(path: KeyPath, values: readonly QueryValue[], app: AppKey): SqlCondition | undefined {
  if (values.length === 0 || values.length > MAX_LIST) return undefined;
  const parts = values.map((value) => equal(path, value, app));
  return parts.every((part) => part !== undefined) ? join(parts, ' OR ') : undefined;
}

function flag(path: KeyPath, value: boolean | undefined): SqlCondition | undefined {
  const column = path.length === 1 ? FLAG_COLUMNS[path[0] ?? ''] : undefined;
  if (column === undefined || value === undefined) return undefined;
  return { sql: value ? column : `NOT (${column})`, parameters: [] };
}

const SQL_OPERATORS = { less: '<', 'less-or-equal': '<=', greater: '>', 'greater-or-equal': '>=' } as const;

function compare(
  path: KeyPath,
  test: keyof typeof SQL_OPERATORS,
  value: QueryValue,
): SqlCondition | undefined {
  const column = path.length === 1 ? DATE_COLUMNS[path[0] ?? ''] : undefined;
  const moment = typeof value === 'object' && value !== null && 'date' in value ? value.date : undefined;
  if (column === undefined || typeof moment !== 'number') return undefined;
  return { sql: `${column} ${SQL_OPERATORS[test]} ?`, parameters: [moment] };
}

function join(parts: readonly SqlCondition[], between: string): SqlCondition {
  return {
    sql: `(${parts.map((part) => part.sql).join(between)})`,
    parameters: parts.flatMap((part) => part.parameters),
  };
}
