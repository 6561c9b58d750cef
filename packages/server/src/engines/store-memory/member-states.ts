import type { ClientId, Milliseconds } from '../../domain/identifiers.ts';
import type { StoredMessage } from '../../domain/message/message.ts';
import type {
  Acknowledgement,
  MemberStateRepository,
  ReadReceipt,
  UnreadState,
} from '../../domain/ports/member-states.ts';
import { isFor, newestUpTo, unreadState } from './reading.ts';
import {
  acknowledgeService,
  markServiceRead,
  servicesWithNews,
  unacknowledgedOfServices,
} from './service-states.ts';
import { type ConversationEntry, type MemberState, recordOf, type Tables } from './tables.ts';
import { tell } from './tell.ts';

/** Receipts exist only where the sender knows who received: between two (`semantics §4.11`). */
const MEMBERS_WITH_RECEIPTS = 2;

export function memberStateRepository(tables: Tables): MemberStateRepository {
  const find = (conversation: number, client: ClientId) => {
    const entry = tables.conversations.get(conversation);
    const member = entry?.members.get(client);
    return entry === undefined || member === undefined ? undefined : { entry, member };
  };
  return {
    async acknowledge(conversation, client, what, now) {
      const service = tables.conversations.get(conversation);
      if (service?.record.kind === 'service') {
        acknowledgeService(tables, service, client, what, now);
        return [];
      }
      const found = find(conversation, client);
      const range = found === undefined ? undefined : rangeOf(found.entry, found.member, what);
      if (found === undefined || range === undefined) return [];
      const { entry, member } = found;
      member.deliveredTo = Math.max(member.deliveredTo, range.to);
      member.deliveredAt = now;
      if (entry.members.size > MEMBERS_WITH_RECEIPTS) return [];
      const delivered = amend(entry, (message) =>
        message.sender !== client &&
        message.timestamp >= range.from &&
        message.timestamp <= range.to &&
        message.deliveredAt === undefined
          ? { deliveredAt: Math.max(now, message.timestamp) }
          : undefined,
      );
      return delivered
        .filter((message) => message.receipt && entry.members.has(message.sender))
        .map(({ id, sender, timestamp }) => ({ id, sender, timestamp }));
    },
    async markRead(conversation, client, position, now) {
      const service = tables.conversations.get(conversation);
      if (service?.record.kind === 'service') return markServiceRead(tables, service, client, position, now);
      const found = find(conversation, client);
      if (found === undefined) return undefined;
      const { entry, member } = found;
      const message = entry.messages.find(({ id }) => id === position.id);
      const to = message?.timestamp ?? newestUpTo(entry, position.timestamp ?? Number.MAX_SAFE_INTEGER) ?? 0;
      const from = member.readTo;
      if (to <= from) return { unread: unreadState(entry, client, from), advanced: false };
      member.readTo = to;
      member.readAt = now;
      member.readChangedAt = now;
      member.deliveredTo = Math.max(member.deliveredTo, to);
      const receipt =
        entry.members.size <= MEMBERS_WITH_RECEIPTS
          ? markMessagesRead(tables, entry, client, from, to, now)
          : undefined;
      return {
        unread: unreadState(entry, client, to),
        advanced: true,
        ...(receipt !== undefined && { receipt }),
      };
    },
    async unread(app, client, changedSince, now) {
      const states = tables
        .ofClient(app, client, now)
        .flatMap((entry) => {
          const { readTo, readChangedAt } = entry.members.get(client) as MemberState;
          const isNews = entry.lastTimestamp > changedSince || readChangedAt > changedSince;
          const state = unreadState(entry, client, readTo);
          return (changedSince > 0 ? isNews : state.count > 0) ? { state, entry } : [];
        })
        .sort(
          (a, b) => b.entry.lastTimestamp - a.entry.lastTimestamp || b.entry.record.key - a.entry.record.key,
        )
        .map(({ state }) => state);
      const services = servicesWithNews(tables, app, client, changedSince, now);
      if (services.length === 0) return states;
      const moment = (state: UnreadState) => state.lastMessage?.timestamp ?? 0;
      return [...states, ...services].toSorted((a, b) => moment(b) - moment(a));
    },
    async positions(conversation) {
      const entry = tables.conversations.get(conversation);
      return [...(entry?.members ?? [])].map(([client, { readAt: lastReadAt, readTo, deliveredAt }]) => {
        const unread = entry?.messages.find(({ timestamp }) => timestamp > readTo);
        const readAt =
          lastReadAt !== undefined && unread !== undefined
            ? Math.min(lastReadAt, unread.timestamp - 1)
            : lastReadAt;
        // Reading implies delivery.
        const delivered = Math.max(readAt ?? 0, deliveredAt ?? 0);
        return {
          client,
          ...(delivered > 0 && { deliveredAt: delivered }),
          ...(readAt !== undefined && { readAt }),
        };
      });
    },
    async unacknowledged(app, client, limitPerConversation, now) {
      const missed = tables
        .ofClient(app, client, now)
        .toSorted((a, b) => a.lastTimestamp - b.lastTimestamp)
        .flatMap((entry) => {
          const { deliveredTo } = entry.members.get(client) as MemberState;
          const missed = entry.messages.filter(
            (message) => message.timestamp > deliveredTo && isFor(entry, message, client),
          );
          if (missed.length === 0) return [];
          const messages = missed.slice(Math.max(0, missed.length - limitPerConversation));
          return { conversation: recordOf(entry), messages, hasMore: missed.length > limitPerConversation };
        });
      return [...missed, ...unacknowledgedOfServices(tables, app, client, limitPerConversation, now)];
    },
  };
}

/** The message times an acknowledgement covers, ends included; `undefined` where it names no message. */
function rangeOf(entry: ConversationEntry, member: MemberState, what: Acknowledgement) {
  if ('id' in what) {
    const message = entry.messages.find(({ id }) => id === what.id);
    return message === undefined ? undefined : { from: message.timestamp, to: message.timestamp };
  }
  const newest = newestUpTo(entry, what.upTo);
  return newest === undefined ? undefined : { from: what.from ?? member.deliveredTo + 1, to: newest };
}

function markMessagesRead(
  tables: Tables,
  entry: ConversationEntry,
  client: ClientId,
  from: Milliseconds,
  to: Milliseconds,
  now: Milliseconds,
): ReadReceipt | undefined {
  const covered = amend(entry, ({ sender, timestamp, readAt, deliveredAt }) => {
    if (sender === client || timestamp <= from || timestamp > to) return undefined;
    const moment = Math.max(now, timestamp);
    return { readAt: readAt ?? moment, deliveredAt: deliveredAt ?? moment };
  });
  const asked = covered.findLast((message) => message.receipt && entry.members.has(message.sender));
  if (asked === undefined) return undefined;
  const next = entry.messages.find((message) => message.timestamp > to);
  const { id, sender } = asked;
  const readBefore = next === undefined ? now : Math.min(now, next.timestamp - 1);
  const at = tables.nextMoment(now);
  tell(tables, entry, [sender], at, client, { event: 'message-read', id, readBefore });
  return { id, sender, at, readBefore };
}

/** Changes the messages for which `change` has something to say, and returns them as they are then. */
function amend(
  entry: ConversationEntry,
  change: (message: StoredMessage) => Partial<StoredMessage> | undefined,
): readonly StoredMessage[] {
  const amended: StoredMessage[] = [];
  for (const [index, message] of entry.messages.entries()) {
    const changed = change(message);
    if (changed === undefined) continue;
    const after = { ...message, ...changed };
    entry.messages[index] = after;
    amended.push(after);
  }
  return amended;
}
