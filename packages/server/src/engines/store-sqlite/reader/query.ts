import type { ConversationRecord } from '../../../domain/conversation/conversation.ts';
import type { ConversationQuery, FoundConversation } from '../../../domain/ports/conversations.ts';
import { QueryTooSlow } from '../../../domain/ports/query-too-slow.ts';
import { compileSort } from '../../../domain/query/compare.ts';
import type { SortKey } from '../../../domain/query/condition.ts';
import { conversationDocument } from '../../../domain/query/conversation-document.ts';
import { compileCondition } from '../../../domain/query/matches.ts';
import { lastMessage } from '../message-lookup.ts';
import { CONVERSATION_COLUMNS, conversationCoreOf, membersOf } from '../rows.ts';
import type { Row, Statements } from '../statements.ts';
import { orderBy, pushDown } from './pushdown.ts';

/** Rows between two looks at the clock. */
const ROWS_PER_LOOK = 64;

type Select = Pick<ConversationQuery, 'app' | 'condition' | 'budget'>;

/**
 * Finds conversations: SQL narrows and, where it can, orders; the evaluator decides.
 *
 * @throws QueryTooSlow
 */
export function queryConversations(sql: Statements, query: ConversationQuery): readonly FoundConversation[] {
  const { sort } = query;
  const order = orderBy(sort);
  const wanted = query.skip + query.limit;
  const found =
    order === undefined && sort !== 'insertion'
      ? sorted(sql, query, sort)
      : take(matching(sql, query, order), wanted);
  return found.slice(query.skip, wanted).map((record) => {
    // Members may have been read lazily; what leaves the worker must be plain.
    const conversation: ConversationRecord = { ...record, members: record.members, mutedBy: record.mutedBy };
    const last = query.withLastMessage ? lastMessage(sql, record.key) : undefined;
    return last === undefined ? { conversation } : { conversation, lastMessage: last };
  });
}

/** @throws QueryTooSlow */
export function countConversations(sql: Statements, query: Select): number {
  let count = 0;
  for (const _ of matching(sql, query, undefined)) count++;
  return count;
}

function sorted(
  sql: Statements,
  query: ConversationQuery,
  sort: readonly SortKey[],
): readonly ConversationRecord[] {
  const compare = compileSort(sort);
  return [...matching(sql, query, undefined)]
    .map((record) => ({ record, document: conversationDocument(record) }))
    .sort((a, b) => compare(a.document, b.document))
    .map(({ record }) => record);
}

function take<Item>(items: Iterable<Item>, most: number): readonly Item[] {
  const taken: Item[] = [];
  if (most === 0) return taken;
  for (const item of items) {
    taken.push(item);
    if (taken.length >= most) break;
  }
  return taken;
}

/** Temporary conversations are only ever loaded by id, never found. */
function* matching(sql: Statements, query: Select, order: string | undefined): Generator<ConversationRecord> {
  const matches = compileCondition(query.condition);
  const narrowed = pushDown(query.condition, query.app);
  const deadline = performance.now() + query.budget;
  // The plus sign keeps SQLite from walking the app's conversations in order where an index leads to a few.
  const rows = sql.iterate(
    `SELECT ${CONVERSATION_COLUMNS} FROM conversation
      WHERE ${narrowed?.isSelective === true ? '+' : ''}app = ? AND expires_at IS NULL AND service IS NULL ${narrowed === undefined ? '' : `AND ${narrowed.sql}`}
      ${order === undefined ? '' : `ORDER BY ${order}`}`,
    query.app,
    ...(narrowed?.parameters ?? []),
  );
  let looked = 0;
  for (const row of rows) {
    if (++looked % ROWS_PER_LOOK === 0 && performance.now() > deadline) {
      throw new QueryTooSlow(`The query was given up after ${query.budget} ms.`);
    }
    const record = lazily(sql, row);
    if (matches(conversationDocument(record))) yield record;
  }
}

/** A record that reads its members when somebody asks for them: most conditions never do. */
function lazily(sql: Statements, row: Row): ConversationRecord {
  const core = conversationCoreOf(row);
  let known: ReturnType<typeof membersOf> | undefined;
  const read = () => {
    known ??= membersOf(sql, core.key, core.kind);
    return known;
  };
  return {
    ...core,
    get members() {
      return read().members;
    },
    get mutedBy() {
      return read().mutedBy;
    },
  };
}
