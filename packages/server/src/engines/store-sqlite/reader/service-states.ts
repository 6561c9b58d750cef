import type { AppKey, ClientId, Milliseconds } from '../../../domain/identifiers.ts';
import type { UnreadState } from '../../../domain/ports/member-states.ts';
import { CONVERSATION_COLUMNS, conversationOf } from '../rows.ts';
import { hidesSome, logsOf, serviceUnread, validBroadcasts } from '../service-logs.ts';
import type { Row, Statements } from '../statements.ts';
import { messagesPatchedSince, missed, newestAfter } from './log-reads.ts';

/** Every log a client has a row in, with the service it belongs to. */
const LOGS_OF_CLIENT = `
  FROM member m JOIN conversation c ON c.key = m.conversation
  JOIN conversation s ON s.key = coalesce(c.service, c.key)
 WHERE m.app = ?1 AND m.client = ?2 AND c.kind = 'service'`;

/** Services in which something is unread, or changed since a moment. */
export function servicesWithNews(
  sql: Statements,
  app: AppKey,
  client: ClientId,
  changedSince: Milliseconds,
  now: Milliseconds,
): readonly UnreadState[] {
  const own = sql.all(
    `SELECT DISTINCT s.key, s.app, s.id ${LOGS_OF_CLIENT}
        AND CASE WHEN ?3 > 0 THEN c.last_message_at > ?3 OR m.read_changed_at > ?3 ELSE c.last_message_at > m.read_to END`,
    app,
    client,
    changedSince,
  );
  const services = new Map(
    [...own, ...broadcasting(sql, app, changedSince, now)].map((row) => [row.key, row]),
  );
  return [...services.values()].map((service) => serviceUnread(sql, service, client, now));
}

/** Messages of services that the client has not acknowledged, for the old offline mode. */
export function unacknowledgedOfServices(
  sql: Statements,
  app: AppKey,
  client: ClientId,
  limit: number,
  now: Milliseconds,
) {
  const own = sql.all(
    `SELECT DISTINCT s.key, s.app, s.id ${LOGS_OF_CLIENT} AND c.last_message_at > m.delivered_to`,
    app,
    client,
  );
  const services = new Map([...own, ...broadcasting(sql, app, 0, now)].map((row) => [row.key, row]));
  return [...services.values()].flatMap((service) => {
    const newest = logsOf(sql, app, Number(service.key), client)
      .flatMap(({ kind, log, deliveredTo }) => {
        const hides = hidesSome(sql, { kind, log }, client);
        const messages = newestAfter(sql, log, deliveredTo, client, limit + 1, hides);
        if (kind !== 'everyone') return messages;
        const valid = new Set(validBroadcasts(sql, app, log, client, now));
        return messages.filter(({ timestamp }) => valid.has(timestamp));
      })
      .sort((a, b) => b.timestamp - a.timestamp || (a.id < b.id ? 1 : -1))
      .slice(0, limit + 1);
    const record = newest.length === 0 ? undefined : recordOf(sql, service);
    return record === undefined ? [] : missed(record, newest, limit);
  });
}

/** Broadcasts to everybody are not among them: who has received one keeps it as it was (F-SYS-14). */
export function patchedInServices(
  sql: Statements,
  app: AppKey,
  client: ClientId,
  since: Milliseconds,
  limit: number,
) {
  const rows = sql.all(
    `SELECT DISTINCT s.key ${LOGS_OF_CLIENT} AND c.last_patch_at > ?3`,
    app,
    client,
    since,
  );
  return rows.flatMap((row) => {
    const conversation = recordOf(sql, row);
    if (conversation === undefined) return [];
    return logsOf(sql, app, Number(row.key), client)
      .filter(({ kind }) => kind !== 'everyone')
      .flatMap(({ kind, log }) => {
        const exceptHiddenFrom = hidesSome(sql, { kind, log }, client) ? client : undefined;
        return messagesPatchedSince(sql, conversation, log, since, limit, exceptHiddenFrom);
      });
  });
}

function broadcasting(
  sql: Statements,
  app: AppKey,
  changedSince: Milliseconds,
  now: Milliseconds,
): readonly Row[] {
  return sql.all(
    `SELECT DISTINCT s.key, s.app, s.id FROM broadcast b JOIN conversation c ON c.key = b.log
       JOIN conversation s ON s.key = c.service
      WHERE b.app = ? AND b.timestamp > ? AND b.valid_until > ?`,
    app,
    changedSince,
    now,
  );
}

function recordOf(sql: Statements, { key }: Row) {
  const row = sql.get(`SELECT ${CONVERSATION_COLUMNS} FROM conversation WHERE key = ?`, key as number);
  return row === undefined ? undefined : conversationOf(sql, row);
}
