import type { AppKey, ClientId, ConversationKey, Milliseconds } from '../../../domain/identifiers.ts';
import type { ConversationRef } from '../../../domain/ports/conversations.ts';
import type {
  Broadcast,
  Exchange,
  ReceivedMessage,
  ReceivedQuery,
  ServiceLogs,
  Subscription,
  SubscriptionPage,
} from '../../../domain/ports/services.ts';
import { MESSAGE_COLUMNS, messageOf } from '../rows.ts';
import { everyoneLogId, logsOf } from '../service-logs.ts';
import type { Row, Statements } from '../statements.ts';

const SUBSCRIPTIONS = `SELECT c.key, c.id, m.client, m.position, m.muted
    FROM member m JOIN conversation c ON c.key = m.conversation
   WHERE c.kind = 'service' AND c.service IS NULL`;

export function readSubscriptions(
  sql: Statements,
  client: ClientId,
  services: readonly ConversationKey[],
): readonly Subscription[] {
  return services.flatMap((service) => {
    const row = sql.get(`${SUBSCRIPTIONS} AND m.conversation = ? AND m.client = ?`, service, client);
    return row === undefined ? [] : subscriptionOf(row);
  });
}

export function readSubscriptionsOf(
  sql: Statements,
  app: AppKey,
  client: ClientId,
  { after, newestFirst, limit }: SubscriptionPage,
): readonly Subscription[] {
  const direction = newestFirst ? 'DESC' : 'ASC';
  const beyond = newestFirst ? '<' : '>';
  return sql
    .all(
      `${SUBSCRIPTIONS} AND m.app = ?1 AND m.client = ?2 AND (?3 IS NULL OR (m.position, c.id) ${beyond} (?3, ?4))
        ORDER BY m.position ${direction}, c.id ${direction} LIMIT ?5`,
      app,
      client,
      after?.since ?? null,
      after?.id ?? null,
      limit,
    )
    .map(subscriptionOf);
}

export function readSubscribers(
  sql: Statements,
  service: ConversationKey,
  after: ClientId | undefined,
  limit: number,
): readonly Subscription[] {
  return sql
    .all(
      `${SUBSCRIPTIONS} AND m.conversation = ? AND m.client > ? ORDER BY m.client LIMIT ?`,
      service,
      after ?? '',
      limit,
    )
    .map(subscriptionOf);
}

export function countSubscribers(sql: Statements, service: ConversationKey): number {
  return Number(sql.get('SELECT count(*) AS n FROM member WHERE conversation = ?', service)?.n);
}

export function readServiceLogs(
  sql: Statements,
  { app, key }: ConversationRef,
  client: ClientId,
): ServiceLogs {
  return Object.fromEntries(logsOf(sql, app, key, client).map(({ kind, log }) => [kind, log]));
}

export function readReceived(sql: Statements, query: ReceivedQuery): readonly ReceivedMessage[] {
  const direction = query.newestFirst ? 'DESC' : 'ASC';
  const rows = sql.all(
    `SELECT s.key AS service, s.id AS service_id, ${MESSAGE_COLUMNS.split(', ')
      .map((column) => `m.${column}`)
      .join(', ')}
       FROM received_message r JOIN message m ON m.row = r.row JOIN conversation s ON s.key = r.service
      WHERE r.app = ?1 AND (?2 IS NULL OR r.service = ?2) AND (?3 IS NULL OR m.sender = ?3)
        AND r.timestamp BETWEEN ?4 AND ?5
      ORDER BY r.timestamp ${direction}, r.row ${direction} LIMIT ?6 OFFSET ?7`,
    query.app,
    query.service ?? null,
    query.sender ?? null,
    query.from ?? 0,
    query.to ?? Number.MAX_SAFE_INTEGER,
    query.limit,
    query.skip,
  );
  return rows.map((row) => ({
    service: { key: Number(row.service), id: row.service_id as string },
    message: messageOf(row),
  }));
}

export function readBroadcasts(
  sql: Statements,
  { app, key }: ConversationRef,
  now: Milliseconds,
  skip: number,
  limit: number,
): readonly Broadcast[] {
  const rows = sql.all(
    `SELECT b.valid_until, ${MESSAGE_COLUMNS.split(', ')
      .map((column) => `m.${column}`)
      .join(', ')}
       FROM broadcast b JOIN conversation c ON c.key = b.log
       JOIN ordered_message m ON m.conversation = b.log AND m.timestamp = b.timestamp
      WHERE c.app = ? AND c.id = ? AND b.valid_until > ?
      ORDER BY b.timestamp DESC LIMIT ? OFFSET ?`,
    app,
    everyoneLogId(key),
    now,
    limit,
    skip,
  );
  return rows.map((row) => ({ message: messageOf(row), validUntil: Number(row.valid_until) }));
}

function subscriptionOf(row: Row): Subscription {
  return {
    service: { key: Number(row.key), id: row.id as string },
    client: row.client as string,
    since: Number(row.position),
    muted: row.muted === 1,
  };
}

export function readExchange(sql: Statements, app: AppKey, logKey: string): Exchange | undefined {
  const row = sql.get(
    `SELECT s.key, s.id AS service, c.id FROM conversation c JOIN conversation s ON s.key = c.service
      WHERE c.app = ? AND c.log_key = ?`,
    app,
    logKey,
  );
  if (row === undefined) return undefined;
  return { service: row.service as string, client: (row.id as string).slice(`${row.key}/`.length) };
}
