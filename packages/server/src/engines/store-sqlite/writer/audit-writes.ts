import type { AppKey } from '../../../domain/identifiers.ts';
import type { AuditDraft } from '../../../domain/ports/audit.ts';
import type { Statements } from '../statements.ts';

export class AuditWrites {
  readonly #sql: Statements;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  add(app: AppKey, draft: AuditDraft): void {
    this.#sql.run(
      `INSERT INTO audit_entry (app, at, action, target, via, user, address, details, failed)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      app,
      draft.at,
      draft.action,
      draft.target ?? null,
      draft.via,
      draft.user ?? null,
      draft.address ?? null,
      JSON.stringify(draft.details),
      draft.failed === true ? 1 : 0,
    );
  }
}
