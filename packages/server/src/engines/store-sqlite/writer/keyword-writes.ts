import type { AppKey } from '../../../domain/identifiers.ts';
import type { StoredKeywords } from '../../../domain/ports/keywords.ts';
import type { Statements } from '../statements.ts';

export class KeywordWrites {
  readonly #sql: Statements;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  replace(app: AppKey, { list, count, changedAt }: StoredKeywords): void {
    this.#sql.run(
      `INSERT INTO keyword_list VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (app) DO UPDATE SET list = ?2, count = ?3, changed_at = ?4`,
      app,
      list,
      count,
      changedAt,
    );
  }
}
