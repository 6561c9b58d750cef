import type { AppKey } from '../../../domain/identifiers.ts';
import type { StoredKeywords } from '../../../domain/ports/keywords.ts';
import type { Statements } from '../statements.ts';

export function readKeywordApps(sql: Statements): readonly AppKey[] {
  return sql.all('SELECT app FROM keyword_list').map(({ app }) => Number(app));
}

export function readKeywords(sql: Statements, app: AppKey): StoredKeywords | undefined {
  const row = sql.get('SELECT * FROM keyword_list WHERE app = ?', app);
  if (row === undefined) return undefined;
  return { list: row.list as string, count: Number(row.count), changedAt: Number(row.changed_at) };
}
