import type { ClientId, ConversationKey, Milliseconds } from '../../domain/identifiers.ts';
import type { UnreadState } from '../../domain/ports/member-states.ts';
import { hasHidden } from './hidden-messages.ts';
import { lastMessage, unreadState } from './message-lookup.ts';
import type { Row, Statements } from './statements.ts';

/**
 * The logs of a service (`ports/services.ts`) are rows of `conversation` that carry the key of the service in the
 * column `service`, and are found by an id no conversation has. Whoever may read one has a row in `member`: its
 * subscribers in the service's own log, the client in its own, and in the log for everybody whoever has read it.
 */
export function ownLogId(service: ConversationKey, client: ClientId): string {
  return `${service}/${client}`;
}

export function everyoneLogId(service: ConversationKey): string {
  return `${service}:everyone`;
}

/** A log with how far a client has come in it. */
interface ReadLog {
  readonly kind: 'subscribers' | 'own' | 'everyone';
  readonly log: ConversationKey;
  readonly readTo: Milliseconds;
  readonly deliveredTo: Milliseconds;
}

/** The logs through which a client sees a service. */
export function logsOf(
  sql: Statements,
  app: number,
  service: ConversationKey,
  client: ClientId,
): readonly ReadLog[] {
  const rows = sql.all(
    `SELECT c.key, c.service, c.id, m.read_to, m.delivered_to FROM conversation c
       LEFT JOIN member m ON m.conversation = c.key AND m.client = ?1
      WHERE c.key = ?2 AND m.client IS NOT NULL
     UNION ALL
     SELECT c.key, c.service, c.id, m.read_to, m.delivered_to FROM conversation c
       LEFT JOIN member m ON m.conversation = c.key AND m.client = ?1
      WHERE c.app = ?3 AND c.id IN (?4, ?5)`,
    client,
    service,
    app,
    ownLogId(service, client),
    everyoneLogId(service),
  );
  return rows.map((row) => ({
    kind: row.service === null ? 'subscribers' : row.id === everyoneLogId(service) ? 'everyone' : 'own',
    log: Number(row.key),
    readTo: Number(row.read_to ?? 0),
    deliveredTo: Number(row.delivered_to ?? 0),
  }));
}

/** Only what is said to all subscribers is ever hidden from one of them. */
export function hidesSome(
  sql: Statements,
  { kind, log }: Pick<ReadLog, 'kind' | 'log'>,
  client: ClientId,
): boolean {
  return kind === 'subscribers' && hasHidden(sql, log, client);
}

/** The times of the broadcasts in a log that the client is still to be given, or was given and may still read. */
export function validBroadcasts(
  sql: Statements,
  app: number,
  log: ConversationKey,
  client: ClientId,
  now: Milliseconds,
): readonly Milliseconds[] {
  const known = sql.get('SELECT since FROM client WHERE app = ? AND client = ?', app, client);
  const since = Number(known?.since ?? now);
  // Who is new gets the newest of what was said before, whichever service said it.
  const newestBefore = sql.get(
    'SELECT log, timestamp FROM broadcast WHERE app = ? AND valid_until > ? AND timestamp <= ? ORDER BY timestamp DESC LIMIT 1',
    app,
    now,
    since,
  );
  return sql
    .all('SELECT timestamp FROM broadcast WHERE log = ? AND valid_until > ? ORDER BY timestamp', log, now)
    .map((row) => Number(row.timestamp))
    .filter(
      (timestamp) =>
        timestamp > since || (Number(newestBefore?.log) === log && newestBefore?.timestamp === timestamp),
    );
}

/** @param service its `key`, `app` and `id` */
export function serviceUnread(
  sql: Statements,
  service: Row,
  client: ClientId,
  now: Milliseconds,
): UnreadState & Required<Pick<UnreadState, 'logs'>> {
  const key = Number(service.key);
  const app = Number(service.app);
  const states = logsOf(sql, app, key, client).map((log) => {
    if (log.kind === 'everyone') return everyoneState(sql, app, log, client, now);
    const conversation: Row = { ...service, key: log.log, kind: 'service' };
    const hides = hidesSome(sql, log, client);
    const state = unreadState(sql, conversation, client, log.readTo, hides);
    // What is told to be covered includes what is hidden: nothing of it is to come after the count.
    const newest = hides ? lastMessage(sql, log.log) : state.lastMessage;
    return { ...state, log: log.log, newest };
  });
  const [newest] = states
    .flatMap(({ lastMessage }) => lastMessage ?? [])
    .sort((a, b) => b.timestamp - a.timestamp || (a.id < b.id ? 1 : -1));
  return {
    conversation: { key, id: service.id as string, kind: 'service' },
    count: states.reduce((sum, state) => sum + state.count, 0),
    mentioned: states.some((state) => state.mentioned),
    ...(newest !== undefined && { lastMessage: newest }),
    logs: states.flatMap(({ log, newest }) =>
      newest === undefined ? [] : { key: log, upTo: newest.timestamp },
    ),
  };
}

function everyoneState(
  sql: Statements,
  app: number,
  { log, readTo }: ReadLog,
  client: ClientId,
  now: Milliseconds,
) {
  const unread = validBroadcasts(sql, app, log, client, now).filter((timestamp) => timestamp > readTo);
  const last = lastMessage(sql, log);
  return {
    log,
    newest: last,
    count: unread.length,
    mentioned: false,
    ...(last !== undefined && { lastMessage: last }),
  };
}
