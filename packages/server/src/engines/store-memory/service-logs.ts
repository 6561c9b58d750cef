import type { AppKey, ClientId, Milliseconds } from '../../domain/identifiers.ts';
import { type ConversationEntry, type KeptBroadcast, pair, type Tables } from './tables.ts';

export interface ReadLog {
  readonly kind: 'subscribers' | 'own' | 'everyone';
  readonly log: ConversationEntry;
}

export const ownLogId = (service: ConversationEntry, client: ClientId) => `${service.record.key}/${client}`;
export const everyoneLogId = (service: ConversationEntry) => `${service.record.key}:everyone`;

/** The logs through which a client sees a service. */
export function readLogs(tables: Tables, service: ConversationEntry, client: ClientId): readonly ReadLog[] {
  const own = tables.serviceLogs.get(ownLogId(service, client));
  const everyone = tables.serviceLogs.get(everyoneLogId(service));
  return [
    ...(service.members.has(client) ? [{ kind: 'subscribers', log: service } as const] : []),
    ...(own === undefined ? [] : [{ kind: 'own', log: own } as const]),
    ...(everyone === undefined ? [] : [{ kind: 'everyone', log: everyone } as const]),
  ];
}

/** Services a client subscribed to or talks with. */
export function servicesOf(tables: Tables, app: AppKey, client: ClientId): readonly ConversationEntry[] {
  return [...tables.conversations.values()].filter(
    (entry) =>
      entry.record.app === app &&
      entry.record.kind === 'service' &&
      entry.service === undefined &&
      readLogs(tables, entry, client).length > 0,
  );
}

/** Broadcasts the client is still to be given: those since it is known, and the newest from before. */
export function validBroadcasts(
  tables: Tables,
  app: AppKey,
  client: ClientId,
  now: Milliseconds,
): readonly KeptBroadcast[] {
  const valid = tables.broadcasts.filter(
    ({ service, validUntil }) => service.record.app === app && validUntil > now,
  );
  const since = tables.clients.get(pair(app, client)) ?? now;
  const [newestBefore] = valid
    .filter(({ message }) => message.timestamp <= since)
    .toSorted((a, b) => b.message.timestamp - a.message.timestamp);
  return valid.filter((broadcast) => broadcast.message.timestamp > since || broadcast === newestBefore);
}
