import { type Actor, type ClientActor, isOperator } from '../actor.ts';
import { ImError } from '../errors.ts';
import type { ClientId, ConversationId } from '../identifiers.ts';
import type { JsonObject } from '../json.ts';
import type { FoundConversation } from '../ports/conversations.ts';
import { QueryTooSlow } from '../ports/query-too-slow.ts';
import type { Condition } from '../query/condition.ts';
import { parseSort } from '../query/parse-sort.ts';
import { parseWhere } from '../query/parse-where.ts';
import { type SeenConversation, servicesAsSeen } from '../service-conversation/services-as-seen.ts';
import type { World } from '../world.ts';
import type { ConversationRecord } from './conversation.ts';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 1000;
const MAX_SKIP = 1_000_000;
/** Milliseconds a query may work before it is refused with 4310. */
const BUDGET = 2000;

export interface QueryConversations {
  /** Absent or empty: the client's own basic conversations, or all for an operator. Anything else is taken literally. */
  readonly where?: JsonObject;
  /** Only conversations of this kind. */
  readonly kind?: 'basic' | 'chat-room' | 'service';
  readonly sort?: string;
  readonly limit?: number;
  readonly skip?: number;
  readonly withLastMessage: boolean;
}

/**
 * Finds conversations (`wire-protocol §4.5`, `semantics §3.8`). With the app's `privateConversations` on, only
 * what concerns the client or is public is found (D-27). The last message of a conversation is for its members.
 *
 * @throws ImError CONVERSATION_QUERY_FAILED where the query is malformed or too slow
 */
export async function queryConversations(
  world: World,
  actor: Actor,
  query: QueryConversations,
): Promise<readonly SeenConversation[]> {
  const limit = clamp(query.limit ?? DEFAULT_LIMIT, MAX_LIMIT);
  const condition = conditionOf(actor, query);
  const keys = parseSort(query.sort);
  // Operators walk through all of them with `skip` (`storage-subset §4.1`).
  const sort = keys.length === 0 && isOperator(actor) ? 'insertion' : keys;
  if (limit === 0) return [];
  try {
    const found = await world.store.conversations.query({
      app: actor.app.key,
      condition,
      sort,
      skip: clamp(query.skip ?? 0, MAX_SKIP),
      limit,
      withLastMessage: query.withLastMessage,
      budget: BUDGET,
    });
    if (isOperator(actor)) return found;
    const readable = found.map((one) => withoutForeignMessage(one, actor.client));
    return await servicesAsSeen(world, actor.client, readable, query.withLastMessage);
  } catch (error) {
    throw tooSlow(error);
  }
}

/**
 * How many conversations a query matches, without skip and limit.
 *
 * @throws ImError CONVERSATION_QUERY_FAILED
 */
export async function countConversations(
  world: World,
  actor: Actor,
  query: Pick<QueryConversations, 'where' | 'kind'>,
): Promise<number> {
  const condition = conditionOf(actor, query);
  try {
    return await world.store.conversations.count({ app: actor.app.key, condition, budget: BUDGET });
  } catch (error) {
    throw tooSlow(error);
  }
}

function tooSlow(error: unknown): unknown {
  if (!(error instanceof QueryTooSlow)) return error;
  return new ImError(
    'CONVERSATION_QUERY_FAILED',
    'The query took too long; add a condition on an indexed key.',
  );
}

/**
 * Temporary conversations by id, in the order asked for; unknown and expired ids are left out, and with the app's
 * `privateConversations` on, those of others.
 */
export async function loadTemporaryConversations(
  world: World,
  actor: Actor,
  ids: readonly ConversationId[],
  withLastMessage: boolean,
): Promise<readonly FoundConversation[]> {
  const asked = [...new Set(ids)].slice(0, MAX_LIMIT);
  const records = await world.store.conversations.load(actor.app.key, asked, world.clock.now());
  const byId = new Map(
    records.filter((record) => record.kind === 'temporary').map((record) => [record.id, record]),
  );
  const isVisible = ({ members }: ConversationRecord) =>
    isOperator(actor) || !actor.app.settings.privateConversations || members.includes(actor.client);
  const found = asked.flatMap((id) => byId.get(id) ?? []).filter(isVisible);
  return Promise.all(
    found.map(async (conversation) => {
      const mayRead = isOperator(actor) || conversation.members.includes(actor.client);
      if (!withLastMessage || !mayRead) return { conversation };
      const [lastMessage] = await world.store.messages.history({
        conversation: conversation.key,
        direction: 'older',
        limit: 1,
      });
      return lastMessage === undefined ? { conversation } : { conversation, lastMessage };
    }),
  );
}

/** Whoever may find a conversation may not read it: its messages are for members (F-SEC-02). */
function withoutForeignMessage({ conversation, lastMessage }: FoundConversation, reader: ClientId) {
  const isForeign = conversation.kind === 'basic' && !conversation.members.includes(reader);
  return { conversation, ...(lastMessage !== undefined && !isForeign && { lastMessage }) };
}

function conditionOf(actor: Actor, { where, kind }: Pick<QueryConversations, 'where' | 'kind'>): Condition {
  const conditions = [
    isOperator(actor) ? parseWhere(where ?? {}) : scope(actor, where),
    ...(kind === undefined ? [] : [ofKind(kind)]),
    ...(!isOperator(actor) && actor.app.settings.privateConversations ? [visibleTo(actor)] : []),
  ];
  return { test: 'all', conditions };
}

function ofKind(kind: 'basic' | 'chat-room' | 'service'): Condition {
  const test = (column: 'tr' | 'sys'): Condition => ({ test: 'equal', path: [column], value: true });
  switch (kind) {
    case 'chat-room':
      return test('tr');
    case 'service':
      return test('sys');
    case 'basic':
      return {
        test: 'all',
        conditions: [
          { test: 'not-equal', path: ['tr'], value: true },
          { test: 'not-equal', path: ['sys'], value: true },
        ],
      };
  }
}

function scope(actor: ClientActor, where: JsonObject | undefined): Condition {
  if (where !== undefined && Object.keys(where).length > 0) return parseWhere(where);
  return {
    test: 'all',
    conditions: [
      { test: 'equal', path: ['m'], value: actor.client },
      { test: 'not-equal', path: ['tr'], value: true },
      { test: 'not-equal', path: ['sys'], value: true },
    ],
  };
}

function visibleTo(actor: ClientActor): Condition {
  return {
    test: 'any',
    conditions: [
      { test: 'equal', path: ['m'], value: actor.client },
      { test: 'equal', path: ['tr'], value: true },
      { test: 'equal', path: ['sys'], value: true },
      { test: 'equal', path: ['attr', 'public'], value: true },
    ],
  };
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(Math.trunc(value), most));
}
