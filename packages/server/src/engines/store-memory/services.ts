import type { ClientId, Milliseconds } from '../../domain/identifiers.ts';
import type { ConversationRef } from '../../domain/ports/conversations.ts';
import { messageIdAt } from '../../domain/ports/message-id.ts';
import { serviceLogKey } from '../../domain/ports/service-log-key.ts';
import type {
  SentToClients,
  ServiceMessageDraft,
  ServiceRepository,
  Subscription,
} from '../../domain/ports/services.ts';
import { insert } from './messages.ts';
import { everyoneLogId, ownLogId, readLogs } from './service-logs.ts';
import { type ConversationEntry, pair, type Tables } from './tables.ts';

export function serviceRepository(tables: Tables): ServiceRepository {
  const muted = new WeakMap<ConversationEntry, Set<ClientId>>();
  const since = new WeakMap<ConversationEntry, Map<ClientId, Milliseconds>>();
  const find = ({ key }: Pick<ConversationRef, 'key'>) => {
    const entry = tables.conversations.get(key);
    return entry?.record.kind === 'service' ? entry : undefined;
  };
  const subscriptionOf = (entry: ConversationEntry, client: ClientId): Subscription => ({
    service: { key: entry.record.key, id: entry.record.id },
    client,
    since: since.get(entry)?.get(client) ?? 0,
    muted: muted.get(entry)?.has(client) ?? false,
  });
  const services = () =>
    [...tables.conversations.values()].filter(
      ({ record, service }) => record.kind === 'service' && service === undefined,
    );

  function send({ service, ...draft }: ServiceMessageDraft, clients: readonly ClientId[]): SentToClients {
    const entry = find(service);
    if (entry === undefined) return { state: 'refused', reason: 'no-conversation' };
    const logs = clients.map((client) => ({ client, log: ownLog(tables, entry, client) }));
    const { token, now, ...content } = draft;
    const name = token === undefined ? undefined : JSON.stringify([draft.sender, token]);
    const earlier = name === undefined ? undefined : logs[0]?.log.sendTokens.get(name);
    if (earlier !== undefined) return { state: 'duplicate', id: earlier.id, timestamp: earlier.timestamp };
    const shared = [entry, tables.serviceLogs.get(everyoneLogId(entry))];
    const timestamp = Math.max(now, ...[...shared, ...logs.map(({ log }) => log)].map(after));
    const id = messageIdAt(timestamp);
    for (const { log } of logs) {
      const message = insert(tables, log, content, { id, timestamp });
      if (name !== undefined) log.sendTokens.set(name, message);
    }
    return {
      state: 'appended',
      id,
      timestamp,
      logs: logs.map(({ client, log }) => ({ client, log: log.record.key })),
    };
  }

  return {
    async subscribe(service, client, now) {
      const entry = find(service);
      if (entry === undefined) return 'no-conversation';
      if (entry.members.has(client)) return 'known';
      const read = entry.lastTimestamp;
      entry.members.set(client, { readTo: read, deliveredTo: read, readChangedAt: 0 });
      since.set(entry, (since.get(entry) ?? new Map<ClientId, Milliseconds>()).set(client, now));
      return 'new';
    },
    async unsubscribe(service, client) {
      const entry = find(service);
      if (entry !== undefined) muted.get(entry)?.delete(client);
      return entry?.members.delete(client) ?? false;
    },
    async setMuted(service, client, isMuted) {
      const entry = find(service);
      if (entry === undefined || !entry.members.has(client)) return false;
      const clients = muted.get(entry) ?? new Set();
      muted.set(entry, clients);
      if (isMuted) clients.add(client);
      else clients.delete(client);
      return true;
    },
    async subscriptions(client, keys) {
      return keys.flatMap((key) => {
        const entry = find({ key });
        return entry?.members.has(client) === true ? subscriptionOf(entry, client) : [];
      });
    },
    async subscriptionsOf(app, client, { after, newestFirst, limit }) {
      const side = newestFirst ? -1 : 1;
      const compare = (a: { since: number; id: string }, b: { since: number; id: string }) =>
        (a.since - b.since || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)) * side;
      const place = (one: Subscription) => ({ since: one.since, id: one.service.id });
      return services()
        .filter(({ record, members }) => record.app === app && members.has(client))
        .map((entry) => subscriptionOf(entry, client))
        .filter((one) => after === undefined || compare(place(one), after) > 0)
        .sort((a, b) => compare(place(a), place(b)))
        .slice(0, limit);
    },
    async subscribers(service, after, limit) {
      const entry = tables.conversations.get(service);
      if (entry === undefined) return [];
      return [...entry.members.keys()]
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        .filter(
          (client) => after === undefined || Buffer.compare(Buffer.from(client), Buffer.from(after)) > 0,
        )
        .slice(0, limit)
        .map((client) => subscriptionOf(entry, client));
    },
    async countSubscribers(service) {
      return tables.conversations.get(service)?.members.size ?? 0;
    },
    async logsOf(service, client) {
      const entry = find(service);
      if (entry === undefined) return {};
      return Object.fromEntries(
        readLogs(tables, entry, client).map(({ kind, log }) => [kind, log.record.key]),
      );
    },
    async hide(service, client, { id, timestamp, author, limit, now }) {
      const entry = find(service);
      const member = entry?.members.get(client);
      const message = entry?.messages.find((one) => one.id === id && one.timestamp === timestamp);
      if (entry === undefined || member === undefined || message === undefined) return 'not-found';
      const clients = entry.hidden.get(id) ?? new Set();
      if (clients.has(client)) return 'not-found';
      if (author !== undefined && message.sender !== author) return 'not-the-author';
      if (clients.size >= limit) return 'hidden-from-too-many';
      entry.hidden.set(id, clients.add(client));
      if (member.readTo < timestamp) member.readChangedAt = Math.max(member.readChangedAt, now);
      return 'hidden';
    },
    async sendToSubscribers({ service, token: _, now, ...content }) {
      const entry = find(service);
      if (entry === undefined) return undefined;
      const timestamp = Math.max(now, after(entry), ...logsOf(tables, entry).map(after));
      const { id } = insert(tables, entry, content, { id: messageIdAt(timestamp), timestamp });
      return { id, timestamp };
    },
    async nameExchange(service, client) {
      const entry = find(service);
      if (entry !== undefined) ownLog(tables, entry, client);
    },
    async exchangeNamed(app, logKey) {
      for (const [id, log] of tables.serviceLogs) {
        const service = log.service === undefined ? undefined : tables.conversations.get(log.service)?.record;
        if (service?.app !== app || id === `${service.key}:everyone`) continue;
        const client = id.slice(`${service.key}/`.length);
        if (serviceLogKey(service.id, client) === logKey) return { service: service.id, client };
      }
      return undefined;
    },
    async sendToClients({ clients, ...draft }) {
      return send(draft, clients);
    },
    async receive(draft) {
      const sent = send(draft, [draft.sender]);
      const entry = find(draft.service);
      if (sent.state === 'appended' && entry !== undefined) {
        tables.received.push({ service: entry, log: ownLog(tables, entry, draft.sender), id: sent.id });
      }
      return sent;
    },
    async received({ app, service, sender, from, to, newestFirst, skip, limit }) {
      const found = tables.received
        .flatMap(({ service: entry, log, id }) => {
          const message = log.messages.find((one) => one.id === id);
          return message === undefined ? [] : { entry, message };
        })
        .filter(
          ({ entry, message }) =>
            entry.record.app === app &&
            (service === undefined || entry.record.key === service) &&
            (sender === undefined || message.sender === sender) &&
            message.timestamp >= (from ?? 0) &&
            message.timestamp <= (to ?? Number.MAX_SAFE_INTEGER),
        )
        .sort((a, b) => a.message.timestamp - b.message.timestamp);
      return (newestFirst ? found.reverse() : found).slice(skip, skip + limit).map(({ entry, message }) => ({
        service: { key: entry.record.key, id: entry.record.id },
        message,
      }));
    },
    async broadcast({ service, validUntil, token: _, now, ...content }) {
      const entry = find(service);
      if (entry === undefined) return undefined;
      const log = logOf(tables, entry, everyoneLogId(entry), now);
      const timestamp = Math.max(now, after(entry), ...logsOf(tables, entry).map(after));
      const message = insert(tables, log, content, { id: messageIdAt(timestamp), timestamp });
      tables.broadcasts.push({ service: entry, log, message, validUntil });
      return { id: message.id, timestamp, log: log.record.key };
    },
    async broadcasts(service, now, skip, limit) {
      const entry = find(service);
      return tables.broadcasts
        .filter((broadcast) => broadcast.service === entry && broadcast.validUntil > now)
        .reverse()
        .slice(skip, skip + limit)
        .map(({ log, message, validUntil }) => ({
          message: log.messages.find(({ id }) => id === message.id) ?? message,
          validUntil,
        }));
    },
    async withdrawBroadcast(app, id) {
      const found = tables.broadcasts.find(
        ({ service, message }) => service.record.app === app && message.id === id,
      );
      if (found === undefined) return false;
      tables.broadcasts = tables.broadcasts.filter((broadcast) => broadcast !== found);
      const index = found.log.messages.findIndex((message) => message.id === id);
      if (index >= 0) found.log.messages.splice(index, 1);
      return true;
    },
    async rememberClient(app, client, now) {
      const name = pair(app, client);
      if (!tables.clients.has(name)) tables.clients.set(name, now);
    },
  };
}

function ownLog(tables: Tables, service: ConversationEntry, client: ClientId): ConversationEntry {
  const log = logOf(tables, service, ownLogId(service, client), 0);
  if (!log.members.has(client)) log.members.set(client, { readTo: 0, deliveredTo: 0, readChangedAt: 0 });
  return log;
}

function logsOf(tables: Tables, service: ConversationEntry): readonly ConversationEntry[] {
  return [...tables.serviceLogs.values()].filter((log) => log.service === service.record.key);
}

/** The first moment after everything in a log. */
function after(log: ConversationEntry | undefined): Milliseconds {
  return log === undefined ? 0 : log.lastTimestamp + 1;
}

/** The log of this id, made where there is none yet. */
function logOf(tables: Tables, service: ConversationEntry, id: string, now: Milliseconds): ConversationEntry {
  const found = tables.serviceLogs.get(id);
  if (found !== undefined) return found;
  const log: ConversationEntry = {
    record: { ...service.record, key: tables.nextKey(), id, createdAt: now, updatedAt: now, columns: {} },
    messages: [],
    members: new Map(),
    sendTokens: new Map(),
    receivers: new Map(),
    hidden: new Map(),
    service: service.record.key,
    lastSeq: 0,
    lastTimestamp: 0,
  };
  tables.serviceLogs.set(id, log);
  tables.conversations.set(log.record.key, log);
  return log;
}
