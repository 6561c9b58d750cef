import type { ClientId, MessageId, Milliseconds } from '../../domain/identifiers.ts';
import type { StoredMessage } from '../../domain/message/message.ts';
import { messageIdAt } from '../../domain/ports/message-id.ts';
import type {
  HistoryBound,
  LoggedMessage,
  MessageDraft,
  MessageRepository,
} from '../../domain/ports/messages.ts';
import { QueryTooSlow } from '../../domain/ports/query-too-slow.ts';
import { isVisible } from './reading.ts';
import { everyoneLogId, readLogs, servicesOf } from './service-logs.ts';
import { type ConversationEntry, recordOf, type Tables } from './tables.ts';

export function messageRepository(tables: Tables): MessageRepository {
  return {
    async append({ conversation, token, membersOnly, now, ...draft }) {
      const entry = tables.conversations.get(conversation);
      if (entry === undefined) return { state: 'refused', reason: 'no-conversation' };
      if (membersOnly && !entry.members.has(draft.sender))
        return { state: 'refused', reason: 'not-a-member' };
      const name = token === undefined ? undefined : JSON.stringify([draft.sender, token]);
      const earlier = name === undefined ? undefined : entry.sendTokens.get(name);
      if (earlier !== undefined) {
        return { state: 'duplicate', id: earlier.id, timestamp: earlier.timestamp };
      }
      const timestamp = Math.max(now, entry.lastTimestamp + 1);
      const message = insert(tables, entry, draft, { id: messageIdAt(timestamp), timestamp });
      if (name !== undefined) entry.sendTokens.set(name, message);
      return { state: 'appended', id: message.id, timestamp, seq: message.seq };
    },
    async history({ conversation, direction, start, end, limit, type, budget, seenBy }) {
      const deadline = performance.now() + (budget ?? Number.POSITIVE_INFINITY);
      const isWanted = (message: StoredMessage) => {
        if (type === undefined) return true;
        if (performance.now() > deadline) {
          throw new QueryTooSlow(`The search was given up after ${budget} ms.`);
        }
        return typeOf(message) === type;
      };
      const entry = tables.conversations.get(conversation);
      const [lower, upper] = direction === 'older' ? [end, start] : [start, end];
      const within = (entry?.messages ?? []).filter(
        (message) =>
          (seenBy === undefined || entry === undefined || isVisible(entry, message, seenBy)) &&
          (lower === undefined || isBeyond(message, lower, 1)) &&
          (upper === undefined || isBeyond(message, upper, -1)) &&
          isWanted(message),
      );
      return direction === 'older'
        ? within.slice(Math.max(0, within.length - limit))
        : within.slice(0, limit);
    },
    async find(conversation, id) {
      return tables.conversations.get(conversation)?.messages.find((message) => message.id === id);
    },
    async delete(conversation, id, { author }) {
      const entry = tables.conversations.get(conversation);
      const index = entry?.messages.findIndex((message) => message.id === id) ?? -1;
      const message = entry?.messages[index];
      if (entry === undefined || message === undefined) return 'not-found';
      if (author !== undefined && message.sender !== author) return 'not-the-author';
      entry.messages.splice(index, 1);
      entry.hidden.delete(id);
      for (const [token, sent] of entry.sendTokens) if (sent.id === id) entry.sendTokens.delete(token);
      tables.received = tables.received.filter((received) => received.log !== entry || received.id !== id);
      return 'deleted';
    },
    async overwrite(conversation, id, change) {
      const messages = tables.conversations.get(conversation)?.messages ?? [];
      const index = messages.findIndex((message) => message.id === id);
      const message = messages[index];
      if (message === undefined) return false;
      const { fromIp: oldIp, deliveredAt: oldDelivery, ...kept } = message;
      const fromIp = change.fromIp === undefined ? oldIp : (change.fromIp ?? undefined);
      const deliveredAt = change.deliveredAt === undefined ? oldDelivery : (change.deliveredAt ?? undefined);
      messages[index] = {
        ...kept,
        body: change.body,
        ...(fromIp !== undefined && { fromIp }),
        ...(deliveredAt !== undefined && { deliveredAt }),
      };
      return true;
    },
    async log({ app, sender, direction, start, end, limit }) {
      const [lower, upper] = direction === 'older' ? [end, start] : [start, end];
      const within = [...tables.conversations.values()]
        .filter(({ record }) => record.app === app)
        .flatMap((entry) => loggedIn(tables, entry, sender))
        .filter(
          ({ message }) =>
            (lower === undefined || isBeyond(message, lower, 1)) &&
            (upper === undefined || isBeyond(message, upper, -1)),
        )
        .sort((a, b) => a.message.timestamp - b.message.timestamp || (a.message.id < b.message.id ? -1 : 1));
      return direction === 'older'
        ? within.slice(Math.max(0, within.length - limit))
        : within.slice(0, limit);
    },
    async patch({ conversation, id, author, now, timestampHint: _, ...changed }) {
      const entry = tables.conversations.get(conversation);
      const index = entry?.messages.findIndex((message) => message.id === id) ?? -1;
      const message = entry?.messages[index];
      if (entry === undefined || message === undefined) return { state: 'refused', reason: 'not-found' };
      if (author !== undefined && message.sender !== author) {
        return { state: 'refused', reason: 'not-the-author' };
      }
      if (message.recalled && !changed.recalled) return { state: 'refused', reason: 'recalled' };
      const patched = { ...message, ...changed, patchedAt: Math.max(now, (message.patchedAt ?? 0) + 1) };
      entry.messages[index] = patched;
      const hiddenFrom = entry.hidden.get(id);
      return {
        state: 'patched',
        message: patched,
        ...(hiddenFrom !== undefined && { hiddenFrom: [...hiddenFrom] }),
      };
    },
    async patchedSince(app, client, since, limit, now) {
      const own = tables.ofClient(app, client, now).map((entry) => ({ entry, log: entry }));
      const ofServices = servicesOf(tables, app, client).flatMap((entry) =>
        readLogs(tables, entry, client)
          .filter(({ kind }) => kind !== 'everyone')
          .map(({ log }) => ({ entry, log })),
      );
      return [...own, ...ofServices]
        .flatMap(({ entry, log }) =>
          log.messages
            .filter((message) => (message.patchedAt ?? 0) > since && isVisible(log, message, client))
            .map((message) => ({ conversation: recordOf(entry), message })),
        )
        .sort((a, b) => (a.message.patchedAt ?? 0) - (b.message.patchedAt ?? 0))
        .slice(0, limit);
    },
  };
}

function loggedIn(
  tables: Tables,
  entry: ConversationEntry,
  sender: ClientId | undefined,
): readonly LoggedMessage[] {
  const service = entry.service === undefined ? undefined : tables.conversations.get(entry.service);
  const { id, kind } = (service ?? entry).record;
  if (sender !== undefined && kind === 'service') return [];
  const ownId = [...tables.serviceLogs].find(([, log]) => log === entry)?.[0];
  if (service !== undefined && ownId === everyoneLogId(service)) return [];
  const client = service === undefined ? undefined : ownId?.slice(`${service.record.key}/`.length);
  return entry.messages
    .filter((message) => sender === undefined || message.sender === sender)
    .map((message) => ({ conversation: { id, kind }, message, ...(client !== undefined && { client }) }));
}

/** Adds to the end of a log. */
export function insert(
  tables: Tables,
  entry: ConversationEntry,
  { receivers, ...draft }: Omit<MessageDraft, 'conversation' | 'membersOnly' | 'now' | 'token'>,
  { id, timestamp }: { readonly id: MessageId; readonly timestamp: Milliseconds },
): StoredMessage {
  const seq = entry.lastSeq + 1;
  const message = { ...draft, conversation: entry.record.key, seq, id, timestamp, recalled: false };
  entry.messages.push(message);
  tables.log.push({ entry, id });
  if (receivers !== undefined) entry.receivers.set(id, new Set(receivers));
  entry.lastSeq = seq;
  entry.lastTimestamp = timestamp;
  return message;
}

/** Whether a message lies on the given side (1: after, −1: before) of a place in history. */
function isBeyond(message: StoredMessage, { timestamp, id, included }: HistoryBound, side: 1 | -1): boolean {
  const byTime = message.timestamp - timestamp;
  const byId = id === undefined ? 0 : message.id < id ? -1 : message.id > id ? 1 : 0;
  const order = (byTime === 0 ? byId : byTime) * side;
  return order > 0 || (order === 0 && included);
}

/** The `_lctype` of a typed message. */
function typeOf({ body }: StoredMessage): unknown {
  if (typeof body !== 'string' || !body.startsWith('{')) return undefined;
  try {
    return JSON.parse(body)._lctype;
  } catch {
    return undefined;
  }
}
