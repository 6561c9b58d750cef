import type { JsonObject } from '../../domain/json.ts';
import type { DataRecord, ObjectId, RecordRef } from '../../domain/records/record.ts';
import type { Row, Statements } from './statements.ts';

export const RECORD_COLUMNS =
  'r.key, r.id, r.columns, r.secrets, r.created_at, r.updated_at, r.version, c.app, c.name AS class_name';
const FROM = 'data_record r JOIN data_class c ON c.key = r.class';

/** A record with the number that other tables name it by. */
export interface KeyedRecord {
  readonly key: number;
  readonly class: number;
  readonly record: DataRecord;
}

export function recordOf(row: Row): DataRecord {
  return {
    app: Number(row.app),
    className: row.class_name as string,
    id: row.id as string,
    columns: JSON.parse(row.columns as string) as JsonObject,
    secrets: JSON.parse(row.secrets as string) as JsonObject,
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
    version: Number(row.version),
  };
}

export function classKey(sql: Statements, app: number, className: string): number | undefined {
  const row = sql.get('SELECT key FROM data_class WHERE app = ? AND name = ?', app, className);
  return row === undefined ? undefined : Number(row.key);
}

export function findRecord(sql: Statements, { app, className, id }: RecordRef): KeyedRecord | undefined {
  const row = sql.get(
    `SELECT ${RECORD_COLUMNS}, r.class FROM ${FROM} WHERE c.app = ? AND c.name = ? AND r.id = ?`,
    app,
    className,
    id,
  );
  return row === undefined
    ? undefined
    : { key: Number(row.key), class: Number(row.class), record: recordOf(row) };
}

export function holderOf(
  sql: Statements,
  classKey: number,
  name: string,
  value: string,
): { readonly key: number; readonly id: ObjectId } | undefined {
  const row = sql.get(
    `SELECT r.key, r.id FROM data_key k JOIN data_record r ON r.key = k.record
      WHERE k.class = ? AND k.name = ? AND k.value = ?`,
    classKey,
    name,
    value,
  );
  return row === undefined ? undefined : { key: Number(row.key), id: row.id as string };
}
