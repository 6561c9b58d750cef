import Type, { type Static } from 'typebox';
import type { App } from '../../domain/app/app.ts';
import { countConversations, queryConversations } from '../../domain/conversation/query-conversations.ts';
import type { JsonObject } from '../../domain/json.ts';
import { choiceOf, chooseKeys } from '../../domain/records/choose-keys.ts';
import { parseCondition } from '../../domain/records/where.ts';
import type { World } from '../../domain/world.ts';
import { Limit, limitOf } from '../page-size.ts';
import { AnyObject } from '../schemas.ts';
import { ConversationAnswer, conversationRecord } from './conversation-record.ts';

export const RecordsQuery = Type.Object({
  where: Type.Optional(AnyObject('Condition as in the data API.')),
  skip: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  limit: Type.Optional(Limit),
  order: Type.Optional(Type.String({ description: 'Keys divided by commas, `-` in front for descending.' })),
  keys: Type.Optional(
    Type.String({ description: 'Only these keys, divided by commas; `-` in front leaves a key out.' }),
  ),
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
  // Parsed here too: what is not implemented has another code than a command gives it.
  parseCondition(query.where);
  const scope = {
    ...(query.where !== undefined && { where: query.where }),
    ...(kind !== undefined && { kind }),
  };
  const found = await queryConversations(
    world,
    { app },
    {
      ...scope,
      ...(query.order !== undefined && { sort: query.order }),
      limit: limitOf(query),
      skip: query.skip ?? 0,
      withLastMessage: false,
    },
  );
  const choice = choiceOf(query.keys, false);
  const results = found.map(({ conversation }) => chooseKeys(conversationRecord(conversation), choice));
  if (query.count !== true) return { results };
  return { results, count: await countConversations(world, { app }, scope) };
}
