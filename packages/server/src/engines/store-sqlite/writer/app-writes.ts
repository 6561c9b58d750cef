import type { AppKey } from '../../../domain/identifiers.ts';
import type { JsonObject } from '../../../domain/json.ts';
import type { AppRecord } from '../../../domain/ports/app-repository.ts';
import type { AuditDraft } from '../../../domain/ports/audit.ts';
import { appOf } from '../rows.ts';
import type { Statements } from '../statements.ts';
import type { AuditWrites } from './audit-writes.ts';

export class AppWrites {
  readonly #sql: Statements;
  readonly #audit: AuditWrites;

  constructor(sql: Statements, audit: AuditWrites) {
    this.#sql = sql;
    this.#audit = audit;
  }

  list(): readonly AppRecord[] {
    return this.#sql.all('SELECT * FROM app ORDER BY key').map(appOf);
  }

  create(
    app: Omit<AppRecord, 'key'>,
    audit?: AuditDraft,
  ): { readonly app: AppRecord; readonly existing: boolean } {
    const existing = this.#sql.get('SELECT * FROM app WHERE id = ?', app.id);
    if (existing !== undefined) return { app: appOf(existing), existing: true };
    const key = this.#sql.insert(
      'INSERT INTO app (id, app_key, master_key, settings, created_at) VALUES (?, ?, ?, ?, ?)',
      app.id,
      app.appKey,
      app.masterKey,
      JSON.stringify(app.settings),
      app.createdAt,
    );
    if (audit !== undefined) this.#audit.add(key, audit);
    return { app: { ...app, key }, existing: false };
  }

  update(
    key: AppKey,
    change: { readonly appKey?: string; readonly masterKey?: string; readonly settings?: JsonObject },
    audit?: AuditDraft,
  ): AppRecord | undefined {
    this.#sql.run(
      `UPDATE app SET app_key = coalesce(?, app_key), master_key = coalesce(?, master_key),
         settings = coalesce(?, settings) WHERE key = ?`,
      change.appKey ?? null,
      change.masterKey ?? null,
      change.settings === undefined ? null : JSON.stringify(change.settings),
      key,
    );
    const row = this.#sql.get('SELECT * FROM app WHERE key = ?', key);
    if (row === undefined) return undefined;
    if (audit !== undefined) this.#audit.add(key, audit);
    return appOf(row);
  }
}
