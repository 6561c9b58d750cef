import Type, { type Static } from 'typebox';
import type { App } from '../../domain/app/app.ts';
import { countConversations, queryConversations } from '../../domain/conversation/query-conversations.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { World } from '../../domain/world.ts';
import { AnyObject } from '../schemas.ts';
import { ConversationAnswer, conversationRecord } from './conversation-record.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

export const RecordsQuery = Type.Object({
  where: Type.Optional(AnyObject('Condition as in the data API.')),
  skip: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  limit: Type.Optional(
    Type.Integer({ description: `From 0 to ${MAX_LIMIT}; ${DEFAULT_LIMIT} where absent or out of range.` }),
  ),
  order: Type.Optional(Type.String({ description: 'Keys divided by commas, `-` in front for descending.' })),
  keys: Type.Optional(Type.String({ description: 'Only these keys, divided by commas.' })),
  count: Type.Optional(Type.Boolean({ description: 'Add the number of all that match.' })),
});

export const RecordsAnswer = Type.Object({
  results: Type.Array(ConversationAnswer),
  count: Type.Optional(Type.Integer()),
});

/** Conversations an administrator asks for (`rest §3.2`). */
export async function findRecords(
  world: World,
  app: App,
  query: Static<typeof RecordsQuery>,
  kind?: 'basic' | 'chat-room' | 'service',
): Promise<JsonObject> {
  const scope = {
    ...(query.where !== undefined && { where: query.where }),
    ...(kind !== undefined && { kind }),
  };
  const limit = query.limit ?? DEFAULT_LIMIT;
  const found = await queryConversations(
    world,
    { app },
    {
      ...scope,
      ...(query.order !== undefined && { sort: query.order }),
      limit: limit < 0 || limit > MAX_LIMIT ? DEFAULT_LIMIT : limit,
      skip: query.skip ?? 0,
      withLastMessage: false,
    },
  );
  const results = found.map(({ conversation }) => chosen(conversationRecord(conversation), query.keys));
  if (query.count !== true) return { results };
  return { results, count: await countConversations(world, { app }, scope) };
}

/** Identity and dates always come along, as in the data API. */
function chosen(record: JsonObject, keys: string | undefined): JsonObject {
  if (keys === undefined || keys === '') return record;
  const wished = new Set([...keys.split(',').map((key) => key.trim()), 'objectId', 'createdAt', 'updatedAt']);
  return Object.fromEntries(Object.entries(record).filter(([key]) => wished.has(key)));
}
