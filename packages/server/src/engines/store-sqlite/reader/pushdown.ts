import type { AppKey } from '../../../domain/identifiers.ts';
import type { ConversationQuery } from '../../../domain/ports/conversations.ts';
import type { Condition, KeyPath, QueryValue } from '../../../domain/query/condition.ts';
import { isServerColumn } from '../../../domain/query/conversation-document.ts';
import { indexed, narrow, placeholders, type SqlCondition } from './sql-condition.ts';

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

/** As much of a condition on conversations as SQL can decide; see {@link narrow}. */
export function pushDown(condition: Condition, app: AppKey): SqlCondition | undefined {
  return narrow(condition, {
    oneOf: (path, values) => oneOf(path, values, app),
    isNot: (path, value) => flag(path, value === true ? false : undefined),
    dateColumn: (name) => DATE_COLUMNS.get(name),
  });
}

/** The order as SQL, where all its keys are columns; ties go by id as everywhere. */
export function orderBy(sort: ConversationQuery['sort']): string | undefined {
  if (sort === 'insertion') return 'created_at, key';
  if (sort.length === 0) return 'last_message_at IS NULL, last_message_at DESC, updated_at DESC, id';
  const keys = sort.map(({ path, descending }) => {
    const [name = '', ...rest] = path;
    const column =
      rest.length === 0 ? (DATE_COLUMNS.get(name) ?? (name === 'objectId' ? 'id' : undefined)) : undefined;
    return column === undefined ? undefined : `${column} ${descending ? 'DESC' : 'ASC'}`;
  });
  return keys.includes(undefined) ? undefined : [...keys, 'id'].join(', ');
}

function oneOf(path: KeyPath, values: readonly QueryValue[], app: AppKey): SqlCondition | undefined {
  const [name = ''] = path;
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
  const entries = (wanted: string) =>
    `key IN (SELECT conversation FROM conversation_attribute WHERE app = ? AND path = ? AND value IN (${wanted}))`;
  return indexed(path, values, entries, app);
}

function flag(path: KeyPath, value: boolean | undefined): SqlCondition | undefined {
  const column = path.length === 1 ? FLAG_COLUMNS.get(path[0] ?? '') : undefined;
  if (column === undefined || value === undefined) return undefined;
  return { sql: value ? column : `NOT (${column})`, parameters: [], isSelective: false };
}
