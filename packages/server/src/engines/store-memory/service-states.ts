import type { AppKey, ClientId, MessageId, Milliseconds } from '../../domain/identifiers.ts';
import type { StoredMessage } from '../../domain/message/message.ts';
import type {
  Acknowledgement,
  ReadOutcome,
  ReadPosition,
  UnreadState,
} from '../../domain/ports/member-states.ts';
import { isVisible, newestUpTo, unreadState } from './reading.ts';
import { type ReadLog, readLogs, servicesOf, validBroadcasts } from './service-logs.ts';
import { type ConversationEntry, type MemberState, recordOf, type Tables } from './tables.ts';

export function servicesWithNews(
  tables: Tables,
  app: AppKey,
  client: ClientId,
  changedSince: Milliseconds,
  now: Milliseconds,
): readonly UnreadState[] {
  return servicesOf(tables, app, client).flatMap((service) => {
    const isNews = readLogs(tables, service, client).some(({ kind, log }) =>
      kind === 'everyone'
        ? validBroadcasts(tables, app, client, now).some(
            (broadcast) => broadcast.log === log && broadcast.message.timestamp > changedSince,
          ) || stateOf(log, client).readChangedAt > changedSince
        : log.lastTimestamp > changedSince || stateOf(log, client).readChangedAt > changedSince,
    );
    const state = serviceUnread(tables, service, client, now);
    return (changedSince > 0 ? isNews : state.count > 0) ? state : [];
  });
}

export function unacknowledgedOfServices(
  tables: Tables,
  app: AppKey,
  client: ClientId,
  limit: number,
  now: Milliseconds,
) {
  return servicesOf(tables, app, client).flatMap((service) => {
    const newest = readLogs(tables, service, client)
      .flatMap((one) => {
        const { deliveredTo } = stateOf(one.log, client);
        return given(tables, app, one, client, now).filter(
          (message) =>
            message.sender !== client &&
            message.timestamp > deliveredTo &&
            isVisible(one.log, message, client),
        );
      })
      .toSorted(byPlace);
    if (newest.length === 0) return [];
    const messages = newest.slice(Math.max(0, newest.length - limit));
    return { conversation: recordOf(service), messages, hasMore: newest.length > limit };
  });
}

export function acknowledgeService(
  tables: Tables,
  service: ConversationEntry,
  client: ClientId,
  what: Acknowledgement,
  now: Milliseconds,
): void {
  const logs = readLogs(tables, service, client);
  const upTo = 'id' in what ? timeOf(logs, what.id) : what.upTo;
  if (upTo === undefined) return;
  for (const { log } of logs) {
    const to = newestUpTo(log, upTo) ?? 0;
    if (to <= stateOf(log, client).deliveredTo) continue;
    log.members.set(client, { ...stateOf(log, client), deliveredTo: to, deliveredAt: now });
  }
}

export function markServiceRead(
  tables: Tables,
  service: ConversationEntry,
  client: ClientId,
  position: ReadPosition,
  now: Milliseconds,
): ReadOutcome | undefined {
  const logs = readLogs(tables, service, client);
  if (logs.length === 0) return undefined;
  const known = position.id === undefined ? undefined : timeOf(logs, position.id);
  const upTo = known ?? position.timestamp ?? Number.MAX_SAFE_INTEGER;
  let advanced = false;
  for (const { log } of logs) {
    const to = newestUpTo(log, upTo) ?? 0;
    const before = stateOf(log, client);
    if (to <= before.readTo) continue;
    advanced = true;
    const deliveredTo = Math.max(before.deliveredTo, to);
    log.members.set(client, { ...before, readTo: to, readAt: now, readChangedAt: now, deliveredTo });
  }
  return { unread: serviceUnread(tables, service, client, now), advanced };
}

function serviceUnread(
  tables: Tables,
  service: ConversationEntry,
  client: ClientId,
  now: Milliseconds,
): UnreadState {
  const { key, id, kind, app } = service.record;
  const states = readLogs(tables, service, client).map((one) => {
    const { readTo } = stateOf(one.log, client);
    if (one.kind !== 'everyone') return { ...unreadState(one.log, client, readTo), log: one.log };
    const unread = given(tables, app, one, client, now).filter(({ timestamp }) => timestamp > readTo);
    const lastMessage = one.log.messages.at(-1);
    return {
      log: one.log,
      count: unread.length,
      mentioned: false,
      ...(lastMessage !== undefined && { lastMessage }),
    };
  });
  const lastMessage = states
    .flatMap((state) => state.lastMessage ?? [])
    .toSorted(byPlace)
    .at(-1);
  return {
    conversation: { key, id, kind },
    count: states.reduce((sum, { count }) => sum + count, 0),
    mentioned: states.some(({ mentioned }) => mentioned),
    ...(lastMessage !== undefined && { lastMessage }),
    logs: states.flatMap(({ log }) => {
      // What is hidden is covered, too: nothing of it is to come after the count.
      const newest = log.messages.at(-1);
      return newest === undefined ? [] : { key: log.record.key, upTo: newest.timestamp };
    }),
  };
}

/** What a log holds for a client: all of it, but of what was said to everybody only what is still delivered. */
function given(
  tables: Tables,
  app: AppKey,
  { kind, log }: ReadLog,
  client: ClientId,
  now: Milliseconds,
): readonly StoredMessage[] {
  if (kind !== 'everyone') return log.messages;
  return validBroadcasts(tables, app, client, now)
    .filter((broadcast) => broadcast.log === log)
    .map(({ message }) => message);
}

function stateOf(log: ConversationEntry, client: ClientId): MemberState {
  return log.members.get(client) ?? { readTo: 0, deliveredTo: 0, readChangedAt: 0 };
}

function timeOf(logs: readonly ReadLog[], id: MessageId): Milliseconds | undefined {
  return logs.flatMap(({ log }) => log.messages).find((message) => message.id === id)?.timestamp;
}

function byPlace(a: StoredMessage, b: StoredMessage): number {
  return a.timestamp - b.timestamp || (a.id < b.id ? -1 : 1);
}
