import type { ConversationKind } from '../../../domain/conversation/conversation.ts';
import type { AppKey } from '../../../domain/identifiers.ts';
import type {
  DeadLetter,
  LoggedEvent,
  LoggedMessage,
  LogPlace,
  WebhookName,
} from '../../../domain/ports/webhooks.ts';
import { MESSAGE_COLUMNS, messageOf } from '../rows.ts';
import type { Row, Statements } from '../statements.ts';

/** Rows one call looks at, those of other apps included. */
const SLICE = 1_000;

export function readEndOfLog(sql: Statements): LogPlace {
  return Number(sql.get('SELECT max(row) AS row FROM message')?.row ?? 0);
}

export function readMessagesAfter(sql: Statements, app: AppKey, place: LogPlace, limit: number) {
  const rows = sql.iterate(
    `SELECT m.row, c.app, c.id AS conversation_id, c.kind, s.id AS service_id,
            EXISTS (SELECT 1 FROM received_message r WHERE r.row = m.row) AS received, ${MESSAGE_COLUMNS.split(
              ', ',
            )
              .map((column) => `m.${column}`)
              .join(', ')}
       FROM message m LEFT JOIN conversation c ON c.key = m.conversation LEFT JOIN conversation s ON s.key = c.service
      WHERE m.row > ? ORDER BY m.row LIMIT ?`,
    place,
    SLICE,
  );
  const messages: LoggedMessage[] = [];
  let next = place;
  for (const row of rows) {
    next = Number(row.row);
    // What was said in a conversation that is gone is about to go too.
    if (row.app === null || Number(row.app) !== app) continue;
    messages.push(loggedMessage(row));
    if (messages.length === limit) break;
  }
  return { messages, next };
}

export function readEndOfEvents(sql: Statements): LogPlace {
  // Also where the newest is delivered and gone.
  return Number(sql.get(`SELECT seq FROM sqlite_sequence WHERE name = 'webhook_event'`)?.seq ?? 0);
}

export function readEventsAfter(
  sql: Statements,
  app: AppKey,
  place: LogPlace,
  limit: number,
): readonly LoggedEvent[] {
  return sql
    .all(
      'SELECT id, at, data FROM webhook_event WHERE app = ? AND id > ? ORDER BY id LIMIT ?',
      app,
      place,
      limit,
    )
    .map(({ id, at, data }) => ({ place: Number(id), at: Number(at), data: JSON.parse(data as string) }));
}

export function readPosition(sql: Statements, app: AppKey, webhook: WebhookName): LogPlace | undefined {
  const row = sql.get('SELECT place FROM webhook_position WHERE app = ? AND webhook = ?', app, webhook);
  return row === undefined ? undefined : Number(row.place);
}

export function readDeadLetters(
  sql: Statements,
  app: AppKey,
  skip: number,
  limit: number,
): readonly DeadLetter[] {
  return sql
    .all('SELECT * FROM dead_letter WHERE app = ? ORDER BY id LIMIT ? OFFSET ?', app, limit, skip)
    .map((row) => ({
      id: Number(row.id),
      webhook: row.webhook as WebhookName,
      from: Number(row.from_place),
      to: Number(row.to_place),
      messages: Number(row.messages),
      error: row.error as string,
      at: Number(row.at),
    }));
}

export function countDeadLetters(sql: Statements, app: AppKey): number {
  return Number(sql.get('SELECT count(*) AS count FROM dead_letter WHERE app = ?', app)?.count ?? 0);
}

function loggedMessage(row: Row): LoggedMessage {
  const hidden = row.conversation_id as string;
  const client = row.service_id === null ? undefined : clientOfLog(hidden);
  return {
    place: Number(row.row),
    conversation: {
      id: (row.service_id ?? hidden) as string,
      kind: row.kind as ConversationKind,
    },
    ...(client !== undefined && { client }),
    ...(row.received === 1 && { isToService: true }),
    message: messageOf(row),
  };
}

/** See `service-logs.ts`: the log of one client is called `{service}/{client}`. */
function clientOfLog(id: string): string | undefined {
  const slash = id.indexOf('/');
  return slash < 0 ? undefined : id.slice(slash + 1);
}
