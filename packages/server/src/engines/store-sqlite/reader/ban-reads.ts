import type { AppKey, ClientId, Milliseconds } from '../../../domain/identifiers.ts';
import type { Ban } from '../../../domain/ports/bans.ts';
import type { Row, Statements } from '../statements.ts';

export function readAllBans(sql: Statements, now: Milliseconds): readonly (Ban & { app: AppKey })[] {
  return sql
    .all('SELECT * FROM ban WHERE until IS NULL OR until > ?', now)
    .map((row) => ({ ...banOf(row), app: Number(row.app) }));
}

export function readBans(
  sql: Statements,
  app: AppKey,
  now: Milliseconds,
  after: ClientId | undefined,
  limit: number,
): readonly Ban[] {
  return sql
    .all(
      'SELECT * FROM ban WHERE app = ? AND client > ? AND (until IS NULL OR until > ?) ORDER BY client LIMIT ?',
      app,
      after ?? '',
      now,
      limit,
    )
    .map(banOf);
}

function banOf({ client, since, until, reason }: Row): Ban {
  return {
    client: client as string,
    since: Number(since),
    reason: reason as string,
    ...(until !== null && { until: Number(until) }),
  };
}
