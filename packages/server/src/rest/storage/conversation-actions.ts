import {
  createConversationObject,
  requireManager,
  updateConversationObject,
} from '../../domain/conversation/conversation-object.ts';
import { deleteConversation } from '../../domain/conversation/delete-conversation.ts';
import { countConversations, queryConversations } from '../../domain/conversation/query-conversations.ts';
import { DataError, ImError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json.ts';
import { conversationDocument } from '../../domain/query/conversation-document.ts';
import { compileCondition } from '../../domain/query/matches.ts';
import { parseCondition, parseOrder } from '../../domain/records/where.ts';
import { conversationIdOf } from '../im/collection.ts';
import { changedRecord, conversationRecord } from '../im/conversation-record.ts';
import { limitOf } from '../page-size.ts';
import { created, ok } from '../route.ts';
import { asAsked, type ClassActions, valuesTold, wantsAll } from './class-actions.ts';
import { whereOf } from './parts.ts';

/** `_Conversation`: the very conversations clients are in, as objects of the data API (`rest §8.1`). */
export const conversationActions: ClassActions = {
  async create({ world, requester }, fields, query, inBatch = false) {
    const conversation = await createConversationObject(world, requester, fields);
    const record = conversationRecord(conversation);
    const { objectId = '', createdAt = '' } = record;
    const dates = inBatch ? { ...changedRecord(conversation), createdAt } : { objectId, createdAt };
    const body = wantsAll(query) ? record : dates;
    return created(body, { location: `/1.1/classes/_Conversation/${conversation.id}` });
  },
  async find({ world, requester }, query) {
    requireManager(requester);
    const where = asObject(whereOf(query.where));
    // Parsed here too: what is wrong with a query has another code in the data API.
    parseCondition(where);
    parseOrder(query.order);
    const operator = { app: requester.app };
    const limit = limitOf(query);
    const found = await queryConversations(world, operator, {
      ...(where !== undefined && { where }),
      ...(query.order !== undefined && { sort: query.order }),
      limit,
      skip: query.skip ?? 0,
      withLastMessage: false,
    });
    const records = found.map(({ conversation }) => conversationRecord(conversation));
    const results = await asAsked(world, requester, records, query);
    if (query.count !== true) return ok({ results });
    const count = await countConversations(world, operator, where === undefined ? {} : { where });
    return ok({ results, count });
  },
  async read({ world, requester }, id, query) {
    requireManager(requester);
    const conversation = await world.conversations.load(requester.app.key, conversationIdOf(id));
    if (conversation === undefined) return ok({});
    const [object] = await asAsked(world, requester, [conversationRecord(conversation)], query);
    return ok(object);
  },
  async update({ world, requester }, id, fields, query, inBatch = false) {
    const { conversation, operations } = await updateConversationObject(
      world,
      requester,
      conversationIdOf(id),
      fields,
      whereOf(query.where),
    );
    const values = valuesTold(conversationRecord(conversation), operations, wantsAll(query), inBatch);
    return ok({ ...values, ...changedRecord(conversation) });
  },
  async remove({ world, requester }, ids, query) {
    requireManager(requester);
    const where = whereOf(query.where);
    const meets = compileCondition(parseCondition(where));
    const loaded = await Promise.all(
      ids.map((id) => world.conversations.load(requester.app.key, conversationIdOf(id))),
    );
    const found = loaded.filter((conversation) => conversation !== undefined);
    const isMet =
      found.length > 0 && found.every((conversation) => meets(conversationDocument(conversation)));
    if (where !== undefined && !isMet) throw new DataError('NO_EFFECT');
    for (const conversation of found) {
      await deleteConversation(world, { app: requester.app }, conversation).catch((error: unknown) => {
        // Somebody else was faster; it is gone as wished.
        if (!(error instanceof ImError)) throw error;
      });
    }
    return ok({});
  },
};

function asObject(where: ReturnType<typeof whereOf>): JsonObject | undefined {
  if (where === undefined || !Array.isArray(where)) return where as JsonObject | undefined;
  return where.length === 0 ? {} : { $and: where };
}
