import type {
  ConversationKind,
  ConversationRecord,
  MemberRole,
  TemporarySilence,
} from '../../domain/conversation/conversation.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { StoredMessage } from '../../domain/message/message.ts';
import type { AppRecord } from '../../domain/ports/app-repository.ts';
import type { Row, Statements } from './statements.ts';

const integer = (value: Row[string]): number => Number(value);
const text = (value: Row[string]): string => value as string;
const optional = <Value>(value: Row[string], map: (value: Row[string]) => Value): Value | undefined =>
  value === null || value === undefined ? undefined : map(value);
const json = (value: Row[string]): JsonObject => JSON.parse(text(value));

export function appOf(row: Row): AppRecord {
  return {
    key: integer(row.key),
    id: text(row.id),
    appKey: text(row.app_key),
    masterKey: text(row.master_key),
    settings: json(row.settings),
    createdAt: integer(row.created_at),
  };
}

export const CONVERSATION_COLUMNS =
  'key, app, id, kind, creator, columns, is_unique, unique_id, created_at, updated_at, version, ttl, expires_at, roles, silenced, silenced_until, blocked, last_message_at';

const clientList = (value: Row[string]): readonly string[] =>
  optional(value, (list) => JSON.parse(text(list)) as readonly string[]) ?? [];

/** A conversation without its members. */
type ConversationCore = Omit<ConversationRecord, 'members' | 'mutedBy'>;

export function conversationCoreOf(row: Row): ConversationCore {
  const creator = optional(row.creator, text);
  const uniqueId = optional(row.unique_id, text);
  const lastMessageAt = optional(row.last_message_at, integer);
  const ttl = optional(row.ttl, integer);
  const expiresAt = optional(row.expires_at, integer);
  return {
    app: integer(row.app),
    key: integer(row.key),
    id: text(row.id),
    kind: text(row.kind) as ConversationKind,
    columns: json(row.columns),
    roles: optional(row.roles, (value) => JSON.parse(text(value)) as readonly MemberRole[]) ?? [],
    silenced: clientList(row.silenced),
    silencedUntil:
      optional(row.silenced_until, (value) => JSON.parse(text(value)) as readonly TemporarySilence[]) ?? [],
    blocked: clientList(row.blocked),
    unique: row.is_unique === 1,
    createdAt: integer(row.created_at),
    updatedAt: integer(row.updated_at),
    version: integer(row.version),
    ...(creator !== undefined && { creator }),
    ...(uniqueId !== undefined && { uniqueId }),
    ...(lastMessageAt !== undefined && { lastMessageAt }),
    ...(ttl !== undefined && { ttl }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

export function membersOf(
  sql: Statements,
  conversation: number,
  kind: ConversationKind,
): Pick<ConversationRecord, 'members' | 'mutedBy'> {
  // A service may have a million subscribers, who are nobody's business.
  if (kind === 'service') return { members: [], mutedBy: [] };
  const rows = sql.all(
    'SELECT client, muted FROM member WHERE conversation = ? ORDER BY position',
    conversation,
  );
  return {
    members: rows.map((row) => text(row.client)),
    mutedBy: rows.filter((row) => row.muted === 1).map((row) => text(row.client)),
  };
}

export function conversationOf(sql: Statements, row: Row): ConversationRecord {
  const core = conversationCoreOf(row);
  return { ...core, ...membersOf(sql, core.key, core.kind) };
}

export const MESSAGE_COLUMNS =
  'conversation, timestamp, seq, id, sender, body, receipt, mention_all, mentions, patched_at, recalled, delivered_at, read_at, from_ip';

export function messageOf(row: Row): StoredMessage {
  const body = row.body;
  const patchedAt = optional(row.patched_at, integer);
  const deliveredAt = optional(row.delivered_at, integer);
  const readAt = optional(row.read_at, integer);
  const fromIp = optional(row.from_ip, text);
  return {
    conversation: integer(row.conversation),
    seq: integer(row.seq),
    id: text(row.id),
    timestamp: integer(row.timestamp),
    sender: text(row.sender),
    body: typeof body === 'string' ? body : new Uint8Array(body as Uint8Array),
    receipt: row.receipt === 1,
    mentions: optional(row.mentions, (value) => JSON.parse(text(value)) as readonly string[]) ?? [],
    mentionAll: row.mention_all === 1,
    recalled: row.recalled === 1,
    ...(patchedAt !== undefined && { patchedAt }),
    ...(deliveredAt !== undefined && { deliveredAt }),
    ...(readAt !== undefined && { readAt }),
    ...(fromIp !== undefined && { fromIp }),
  };
}
