import type { JsonObject } from '../../../domain/json.ts';
import type { RecordChange, RecordDraft, Taken } from '../../../domain/ports/records.ts';
import type { DataRecord, RecordKey, RecordRef } from '../../../domain/records/record.ts';
import { attributeEntries } from '../attribute-entries.ts';
import { classKey, findRecord, holderOf } from '../record-rows.ts';
import type { Statements } from '../statements.ts';

/** Everything that changes the objects of the data API. */
export class RecordWrites {
  readonly #sql: Statements;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  create(draft: RecordDraft): DataRecord | Taken {
    const { app, className, id, columns, secrets, keys, now } = draft;
    if (findRecord(this.#sql, draft) !== undefined) return { taken: 'objectId', by: id };
    const known = classKey(this.#sql, app, className);
    const taken = known === undefined ? undefined : this.#taken(known, keys, id);
    if (taken !== undefined) return taken;
    const inClass =
      known ?? this.#sql.insert('INSERT INTO data_class (app, name) VALUES (?, ?)', app, className);
    const key = this.#sql.insert(
      `INSERT INTO data_record (class, id, columns, secrets, created_at, updated_at, version)
       VALUES (?, ?, ?, ?, ?, ?, 1)`,
      inClass,
      id,
      JSON.stringify(columns),
      JSON.stringify(secrets),
      now,
      now,
    );
    this.#setKeys(inClass, key, keys);
    this.#setValues(inClass, key, {}, columns);
    return { app, className, id, columns, secrets, createdAt: now, updatedAt: now, version: 1 };
  }

  replace(ref: RecordRef, change: RecordChange): DataRecord | Taken | 'conflict' | undefined {
    const found = findRecord(this.#sql, ref);
    if (found === undefined) return undefined;
    const { key, class: inClass, record } = found;
    if (record.version !== change.expectedVersion) return 'conflict';
    const taken = this.#taken(inClass, change.keys, record.id);
    if (taken !== undefined) return taken;
    const updatedAt = Math.max(change.now, record.updatedAt + 1);
    const version = record.version + 1;
    this.#sql.run(
      'UPDATE data_record SET columns = ?, secrets = ?, updated_at = ?, version = ? WHERE key = ?',
      JSON.stringify(change.columns),
      JSON.stringify(change.secrets),
      updatedAt,
      version,
      key,
    );
    this.#setKeys(inClass, key, change.keys);
    this.#setValues(inClass, key, record.columns, change.columns);
    return { ...record, columns: change.columns, secrets: change.secrets, updatedAt, version };
  }

  remove(ref: RecordRef): boolean {
    const found = findRecord(this.#sql, ref);
    if (found === undefined) return false;
    this.#setKeys(found.class, found.key, []);
    this.#setValues(found.class, found.key, found.record.columns, {});
    this.#sql.run('DELETE FROM data_record WHERE key = ?', found.key);
    return true;
  }

  #taken(inClass: number, keys: readonly RecordKey[], id: string): Taken | undefined {
    for (const { name, value } of keys) {
      const holder = holderOf(this.#sql, inClass, name, value);
      if (holder !== undefined && holder.id !== id) return { taken: name, by: holder.id };
    }
    return undefined;
  }

  #setKeys(inClass: number, record: number, keys: readonly RecordKey[]): void {
    this.#sql.run('DELETE FROM data_key WHERE record = ?', record);
    for (const { name, value } of keys) {
      this.#sql.run(
        'INSERT INTO data_key (class, name, value, record) VALUES (?, ?, ?, ?)',
        inClass,
        name,
        value,
        record,
      );
    }
  }

  /** Which records have which value of a column: what queries are answered by. Writes only what differs. */
  #setValues(inClass: number, record: number, before: JsonObject, after: JsonObject): void {
    const entry = ({ path, value }: { readonly path: string; readonly value: string | number }) =>
      [JSON.stringify([path, value]), { path, value }] as const;
    const old = new Map(attributeEntries(before).map(entry));
    const wanted = new Map(attributeEntries(after).map(entry));
    for (const [name, { path, value }] of old) {
      if (wanted.has(name)) continue;
      this.#sql.run(
        'DELETE FROM data_value WHERE class = ? AND path = ? AND value = ? AND record = ?',
        inClass,
        path,
        value,
        record,
      );
    }
    for (const [name, { path, value }] of wanted) {
      if (old.has(name)) continue;
      // 1 and true are one entry; the evaluator tells them apart.
      this.#sql.run('INSERT OR IGNORE INTO data_value VALUES (?, ?, ?, ?)', inClass, path, value, record);
    }
  }
}
