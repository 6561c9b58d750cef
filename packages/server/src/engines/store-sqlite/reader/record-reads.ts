import type { AppKey, Milliseconds } from '../../../domain/identifiers.ts';
import { QueryTooSlow } from '../../../domain/ports/query-too-slow.ts';
import type { RecordQuery } from '../../../domain/ports/records.ts';
import { compileInsertionSort, type Inserted } from '../../../domain/query/compare.ts';
import type { Condition, SortKey } from '../../../domain/query/condition.ts';
import { compileCondition } from '../../../domain/query/matches.ts';
import { recordDocument } from '../../../domain/query/record-document.ts';
import type { ClassName, DataRecord, ObjectId, RecordKey } from '../../../domain/records/record.ts';
import { classKey, findRecord, holderOf, RECORD_COLUMNS, recordOf } from '../record-rows.ts';
import type { Statements } from '../statements.ts';
import { indexed, narrow, placeholders, type SqlCondition } from './sql-condition.ts';

/** Rows between two looks at the clock. */
const ROWS_PER_LOOK = 64;
const FROM = 'data_record r JOIN data_class c ON c.key = r.class';
const COLUMNS: ReadonlyMap<string, string> = new Map([
  ['objectId', 'r.id'],
  ['createdAt', 'r.created_at'],
  ['updatedAt', 'r.updated_at'],
]);

interface Match extends Inserted {
  readonly record: DataRecord;
}

type Select = Pick<RecordQuery, 'app' | 'className' | 'condition' | 'budget'>;

export function loadRecords(
  sql: Statements,
  app: AppKey,
  className: ClassName,
  ids: readonly ObjectId[],
): readonly DataRecord[] {
  return [...new Set(ids)].flatMap((id) => findRecord(sql, { app, className, id })?.record ?? []);
}

export function findRecordByKey(
  sql: Statements,
  app: AppKey,
  className: ClassName,
  { name, value }: RecordKey,
): DataRecord | undefined {
  const inClass = classKey(sql, app, className);
  const holder = inClass === undefined ? undefined : holderOf(sql, inClass, name, value);
  return holder === undefined ? undefined : findRecord(sql, { app, className, id: holder.id })?.record;
}

export function hasRecordClass(sql: Statements, app: AppKey, className: ClassName): boolean {
  return classKey(sql, app, className) !== undefined;
}

export function holdersOfKey(
  sql: Statements,
  className: ClassName,
  keyName: string,
  createdBefore: Milliseconds,
  limit: number,
): readonly DataRecord[] {
  return sql
    .all(
      // From the keys to their records: few hold such a key, of classes that may be large.
      `SELECT ${RECORD_COLUMNS}
         FROM data_class c CROSS JOIN data_key k ON k.class = c.key CROSS JOIN data_record r ON r.key = k.record
        WHERE c.name = ? AND k.name = ? AND r.created_at < ?
        ORDER BY r.created_at LIMIT ?`,
      className,
      keyName,
      createdBefore,
      limit,
    )
    .map(recordOf);
}

/** Finds records: SQL narrows and, where it can, orders; the evaluator decides. @throws QueryTooSlow */
export function queryRecords(sql: Statements, query: RecordQuery): readonly DataRecord[] {
  const wanted = query.skip + query.limit;
  const order = orderBy(query.sort);
  const found: DataRecord[] = [];
  if (order !== undefined) {
    if (query.limit === 0) return [];
    for (const { record } of matching(sql, query, order)) {
      found.push(record);
      if (found.length >= wanted) break;
    }
    return found.slice(query.skip);
  }
  return [...matching(sql, query, undefined)]
    .sort(compileInsertionSort(query.sort))
    .slice(query.skip, wanted)
    .map(({ record }) => record);
}

/** @throws QueryTooSlow */
export function countRecords(sql: Statements, query: Select): number {
  let count = 0;
  for (const _ of matching(sql, query, undefined)) count++;
  return count;
}

function* matching(sql: Statements, query: Select, order: string | undefined): Generator<Match> {
  const inClass = classKey(sql, query.app, query.className);
  if (inClass === undefined) return;
  const matches = compileCondition(query.condition);
  const narrowed = pushDown(query.condition, inClass);
  const deadline = performance.now() + query.budget;
  // The plus sign keeps SQLite from walking the whole class in order where an index leads to a few.
  const rows = sql.iterate(
    `SELECT ${RECORD_COLUMNS} FROM ${FROM}
      WHERE ${narrowed?.isSelective === true ? '+' : ''}r.class = ? ${narrowed === undefined ? '' : `AND ${narrowed.sql}`}
      ${order === undefined ? '' : `ORDER BY ${order}`}`,
    inClass,
    ...(narrowed?.parameters ?? []),
  );
  let looked = 0;
  for (const row of rows) {
    if (++looked % ROWS_PER_LOOK === 0 && performance.now() > deadline) {
      throw new QueryTooSlow(`The query was given up after ${query.budget} ms.`);
    }
    const record = recordOf(row);
    const document = recordDocument(record);
    if (matches(document)) yield { record, document, place: Number(row.key) };
  }
}

function pushDown(condition: Condition, inClass: number): SqlCondition | undefined {
  return narrow(condition, {
    oneOf(path, values) {
      const [name = ''] = path;
      if (name === 'objectId') {
        const texts = values.filter((value) => typeof value === 'string');
        if (path.length > 1 || texts.length < values.length) return undefined;
        return {
          sql: `r.key IN (SELECT key FROM data_record WHERE class = ? AND id IN (${placeholders(texts)}))`,
          parameters: [inClass, ...texts],
          isSelective: true,
        };
      }
      if (COLUMNS.has(name)) return undefined;
      const entries = (wanted: string) =>
        `r.key IN (SELECT record FROM data_value WHERE class = ? AND path = ? AND value IN (${wanted}))`;
      return indexed(path, values, entries, inClass);
    },
    dateColumn: (name) => (name === 'objectId' ? undefined : COLUMNS.get(name)),
  });
}

/** The order of {@link compileInsertionSort} as SQL, where all its keys are columns. */
function orderBy(sort: readonly SortKey[]): string | undefined {
  const keys = sort.map(({ path, descending }) => {
    const column = path.length === 1 ? COLUMNS.get(path[0] ?? '') : undefined;
    return column === undefined ? undefined : `${column} ${descending ? 'DESC' : 'ASC'}`;
  });
  const place = sort.at(-1)?.descending === true ? 'r.key DESC' : 'r.key';
  return keys.includes(undefined) ? undefined : [...keys, place].join(', ');
}
