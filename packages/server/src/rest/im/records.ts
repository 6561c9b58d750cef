import Type from 'typebox';
import { deleteConversation } from '../../domain/conversation/delete-conversation.ts';
import type { Conversation } from '../../domain/conversation/known-conversation.ts';
import { isReservedColumn } from '../../domain/conversation/reserved-columns.ts';
import { startConversation } from '../../domain/conversation/start-conversation.ts';
import { updateConversation } from '../../domain/conversation/update-conversation.ts';
import type { JsonObject } from '../../domain/json.ts';
import { createService } from '../../domain/service-conversation/create-service.ts';
import { created, ok, type RestRoute, route } from '../route.ts';
import { AnyObject, ClientIdText, Empty, open } from '../schemas.ts';
import { type Collection, ConversationPath, findIn } from './collection.ts';
import {
  ChangedAnswer,
  ConversationAnswer,
  changedRecord,
  conversationRecord,
} from './conversation-record.ts';
import { findRecords, RecordsAnswer, RecordsQuery } from './find-records.ts';

/** What a new conversation is made of, besides columns of the app. */
const NewConversation = open({
  name: Type.Optional(Type.String()),
  m: Type.Optional(Type.Array(ClientIdText, { maxItems: 10_000, description: 'Initial members.' })),
  unique: Type.Optional(
    Type.Boolean({
      description: 'Answer with the unique conversation of exactly these members, if there is one.',
    }),
  ),
  attr: Type.Optional(AnyObject('Attributes of the app.')),
  c: Type.Optional(ClientIdText),
});

/** Create, find and change the conversations of a collection (`rest §3.1`–`§3.4`, `§4.1`–`§4.4`). */
export function recordRoutes(collection: Collection): readonly RestRoute[] {
  const { path, tag, noun, kind } = collection;
  return [
    route({
      method: 'POST',
      path,
      tag,
      summary: `Create a ${noun}`,
      audit: { action: 'conversation.create', target: 'created', tells: ['name', 'm'] },
      needs: 'conversations',
      body: NewConversation,
      answers: { 201: ConversationAnswer, 200: ConversationAnswer },
      async handle({ world, operator, body }) {
        const { m, unique, c, ...attributes } = body;
        if (kind === 'service') {
          const service = await createService(world, operator, attributes as JsonObject);
          return created(conversationRecord(service));
        }
        const { conversation, existing } = await startConversation(world, operator, {
          kind,
          members: m ?? [],
          attributes: attributes as JsonObject,
          unique: unique ?? false,
          ...(c !== undefined && { creator: c }),
        });
        const record = conversationRecord(conversation);
        return existing ? ok(record) : created(record);
      },
    }),
    route({
      method: 'GET',
      path,
      tag,
      summary: `Find ${noun}s`,
      needs: 'conversations',
      query: RecordsQuery,
      answers: { 200: RecordsAnswer },
      handle: async ({ world, caller, query }) => ok(await findRecords(world, caller.app, query, kind)),
    }),
    route({
      method: 'PUT',
      path: `${path}/:cid`,
      tag,
      summary: `Change a ${noun}`,
      audit: { action: 'conversation.change' },
      description:
        'Values replace what is there, `{"__op": …}` and keys such as `attr.pinned` as in the data API. Columns the server keeps are ignored.',
      needs: 'conversations',
      params: ConversationPath,
      body: open({}),
      answers: { 200: ChangedAnswer },
      async handle({ world, caller, operator, params, body, note }) {
        const { id } = await findIn(collection, world, caller.app, params.cid);
        note({ columns: Object.keys(body) });
        const update = Object.entries(body).filter(([key]) => !isReservedColumn(key.split('.', 1)[0] ?? ''));
        const { conversation } = await updateConversation(
          world,
          operator,
          id,
          Object.fromEntries(update) as JsonObject,
        );
        return ok(changedRecord(conversation));
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/:cid`,
      tag,
      summary: `Delete a ${noun}`,
      audit: { action: 'conversation.delete' },
      description: 'With its members and messages. Clients are not told.',
      needs: 'conversations',
      params: ConversationPath,
      answers: { 200: Empty },
      async handle({ world, operator, params, note }) {
        const conversation = await findIn(collection, world, operator.app, params.cid);
        note(lastTrace(conversation));
        await deleteConversation(world, operator, conversation);
        return ok({});
      },
    }),
  ];
}

/** What the audit log still knows of a conversation that is gone. */
function lastTrace({ kind, columns, creator, createdAt, members }: Conversation): JsonObject {
  const { name } = columns;
  return {
    before: {
      kind,
      ...(name !== undefined && { name }),
      ...(creator !== undefined && { creator }),
      createdAt: new Date(createdAt).toISOString(),
      members: members.length,
    },
  };
}
