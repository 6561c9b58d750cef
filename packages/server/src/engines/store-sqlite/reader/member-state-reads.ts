import type { ConversationRecord } from '../../../domain/conversation/conversation.ts';
import type { AppKey, ClientId, ConversationKey, Milliseconds } from '../../../domain/identifiers.ts';
import type { StoredMessage } from '../../../domain/message/message.ts';
import type { MemberPositions, UnreadState } from '../../../domain/ports/member-states.ts';
import type { Notice } from '../../../domain/ports/notices.ts';
import { unreadState } from '../message-lookup.ts';
import { CONVERSATION_COLUMNS, conversationOf } from '../rows.ts';
import type { Row, Statements } from '../statements.ts';
import { messagesPatchedSince, missed, newestAfter } from './log-reads.ts';
import { patchedInServices, servicesWithNews, unacknowledgedOfServices } from './service-states.ts';

/** The client's conversations that are alive, services apart, with what it has read and received. */
const CONVERSATIONS_OF_CLIENT = `
  SELECT ${CONVERSATION_COLUMNS.split(', ')
    .map((column) => `c.${column}`)
    .join(', ')}, c.last_patch_at, m.read_to, m.delivered_to
    FROM member m JOIN conversation c ON c.key = m.conversation
   WHERE m.app = ?1 AND m.client = ?2 AND c.kind <> 'service' AND (c.expires_at IS NULL OR c.expires_at > ?3)`;

export function readUnread(
  sql: Statements,
  app: AppKey,
  client: ClientId,
  changedSince: Milliseconds,
  now: Milliseconds,
): readonly UnreadState[] {
  const rows = sql.all(
    `${CONVERSATIONS_OF_CLIENT}
      AND CASE WHEN ?4 > 0 THEN c.last_message_at > ?4 OR m.read_changed_at > ?4 ELSE c.last_message_at > m.read_to END
      ORDER BY c.last_message_at DESC, c.key DESC`,
    app,
    client,
    now,
    changedSince,
  );
  const services = servicesWithNews(sql, app, client, changedSince, now);
  const states = rows.map((row) => unreadState(sql, row, client, Number(row.read_to)));
  const all = services.length === 0 ? states : newestFirst([...states, ...services]);
  return changedSince > 0 ? all : all.filter((state) => state.count > 0);
}

export function readPositions(sql: Statements, conversation: ConversationKey): readonly MemberPositions[] {
  const rows = sql.all(
    `SELECT client, delivered_at, min(read_at, coalesce(
        (SELECT o.timestamp - 1 FROM message_order o
          WHERE o.conversation = member.conversation AND o.timestamp > member.read_to ORDER BY o.timestamp LIMIT 1),
        read_at)) AS read_at
      FROM member WHERE conversation = ? ORDER BY position`,
    conversation,
  );
  return rows.map((row) => {
    const readAt = moment(row.read_at);
    // Reading implies delivery.
    const deliveredAt = Math.max(readAt ?? 0, moment(row.delivered_at) ?? 0);
    return {
      client: row.client as string,
      ...(deliveredAt > 0 && { deliveredAt }),
      ...(readAt !== undefined && { readAt }),
    };
  });
}

export function readUnacknowledged(
  sql: Statements,
  app: AppKey,
  client: ClientId,
  limit: number,
  now: Milliseconds,
): readonly {
  readonly conversation: ConversationRecord;
  readonly messages: readonly StoredMessage[];
  readonly hasMore: boolean;
}[] {
  const rows = sql.all(
    `${CONVERSATIONS_OF_CLIENT} AND c.last_message_at > m.delivered_to ORDER BY c.last_message_at`,
    app,
    client,
    now,
  );
  const conversations = rows.flatMap((row) => {
    const newest = newestAfter(sql, Number(row.key), Number(row.delivered_to), client, limit + 1);
    return newest.length === 0 ? [] : missed(conversationOf(sql, row), newest, limit);
  });
  return [...conversations, ...unacknowledgedOfServices(sql, app, client, limit, now)];
}

function newestFirst(states: readonly UnreadState[]): readonly UnreadState[] {
  const moment = (state: UnreadState) => state.lastMessage?.timestamp ?? 0;
  return states.toSorted((a, b) => moment(b) - moment(a));
}

export function readPatchedSince(
  sql: Statements,
  app: AppKey,
  client: ClientId,
  since: Milliseconds,
  limit: number,
  now: Milliseconds,
): readonly { readonly conversation: ConversationRecord; readonly message: StoredMessage }[] {
  const rows = sql.all(`${CONVERSATIONS_OF_CLIENT} AND c.last_patch_at > ?4`, app, client, now, since);
  const patched = [
    ...rows.flatMap((row) =>
      messagesPatchedSince(sql, conversationOf(sql, row), Number(row.key), since, limit),
    ),
    ...patchedInServices(sql, app, client, since, limit),
  ];
  return patched.sort((a, b) => (a.message.patchedAt ?? 0) - (b.message.patchedAt ?? 0)).slice(0, limit);
}

export function readNotices(
  sql: Statements,
  app: AppKey,
  client: ClientId,
  since: Milliseconds,
  limit: number,
): readonly Notice[] {
  // Keys are in order of time, so the recipient's own index walks oldest first.
  const rows = sql.all(
    `SELECT n.content FROM notice_recipient r JOIN notice n ON n.key = r.notice
      WHERE r.app = ? AND r.client = ? AND n.at > ? ORDER BY r.notice LIMIT ?`,
    app,
    client,
    since,
    limit,
  );
  return rows.map((row) => JSON.parse(row.content as string) as Notice);
}

function moment(value: Row[string]): Milliseconds | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
