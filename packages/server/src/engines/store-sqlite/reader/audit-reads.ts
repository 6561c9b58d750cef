import type { AuditAuthor, AuditEntry, AuditQuery } from '../../../domain/ports/audit.ts';
import type { Row, Statements } from '../statements.ts';

export function readAuditEntries(sql: Statements, query: AuditQuery): readonly AuditEntry[] {
  const conditions: readonly (readonly [string, string | number | undefined])[] = [
    ['id < ?', query.before],
    ['at >= ?', query.since],
    ['at < ?', query.until],
    ['action = ?', query.action],
    ['target = ?', query.target],
  ];
  const given = conditions.flatMap(([test, value]) => (value === undefined ? [] : [{ test, value }]));
  const tests = ['app = ?', ...given.map(({ test }) => test)].join(' AND ');
  return sql
    .all(
      `SELECT * FROM audit_entry WHERE ${tests} ORDER BY id DESC LIMIT ?`,
      query.app,
      ...given.map(({ value }) => value),
      query.limit,
    )
    .map(auditEntryOf);
}

function auditEntryOf(row: Row): AuditEntry {
  return {
    id: Number(row.id),
    at: Number(row.at),
    action: row.action as string,
    via: row.via as AuditAuthor['via'],
    ...(row.user !== null && { user: row.user as string }),
    ...(row.address !== null && { address: row.address as string }),
    ...(row.target !== null && { target: row.target as string }),
    details: JSON.parse(row.details as string),
    ...(row.failed === 1 && { failed: true }),
  };
}
