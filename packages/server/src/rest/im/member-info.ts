import Type from 'typebox';
import { findConversation } from '../../domain/conversation/find-conversation.ts';
import type { Conversation } from '../../domain/conversation/known-conversation.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { QueryDocument } from '../../domain/query/document.ts';
import { valueAtPath } from '../../domain/query/document.ts';
import { compileCondition } from '../../domain/query/matches.ts';
import { parseCondition } from '../../domain/records/where.ts';
import type { Caller } from '../authenticate.ts';
import { notJson } from '../rest-error.ts';
import { ok, route } from '../route.ts';
import { AnyObject, ClientIdText, listOf } from '../schemas.ts';

const MAX_LIMIT = 1000;

/**
 * The roles that were given in a conversation (`wire-protocol §4.8`, `rest §6.3`). The owner is in no table: SDKs know
 * it from the creator. No other key than `results`: Java reads every value as a list.
 */
export const memberInfo = route({
  method: 'GET',
  path: '/1.1/classes/_ConversationMemberInfo',
  tag: 'Client SDKs',
  summary: 'List the roles given in a conversation',
  needs: 'session',
  query: Type.Object({
    client_id: Type.Optional(ClientIdText),
    where: Type.Optional(AnyObject('`{"cid": …}` and what else rows have to meet; `peerId` is `clientId`.')),
    cid: Type.Optional(Type.String({ description: 'The conversation, instead of `where`.' })),
    skip: Type.Optional(Type.Integer({ minimum: 0 })),
    limit: Type.Optional(Type.Integer({ minimum: 0, description: `At most ${MAX_LIMIT}.` })),
    count: Type.Optional(Type.Boolean({ description: 'Add the number of all that match.' })),
  }),
  answers: {
    200: Type.Object({
      results: listOf(
        Type.Object({
          objectId: Type.String(),
          cid: Type.String(),
          clientId: Type.String(),
          role: Type.Enum(['Manager', 'Member']),
        }),
        'Stored roles; the owner has none.',
      ),
      count: Type.Optional(Type.Integer()),
    }),
  },
  async handle({ world, caller, query }) {
    const where = conditionOf(query);
    const conversation = await findConversation(world, caller.app, where.cid);
    const meets = compileCondition(parseCondition(where));
    const rows = isOutside(conversation, caller, query.client_id)
      ? []
      : conversation.roles.map((entry) => rowOf(where.cid, entry)).filter((row) => meets(documentOf(row)));
    const skip = query.skip ?? 0;
    const results = rows.slice(skip, skip + Math.min(query.limit ?? MAX_LIMIT, MAX_LIMIT));
    return ok({ results, ...(query.count === true && { count: rows.length }) });
  },
});

function rowOf(cid: string, { id, client, role }: Conversation['roles'][number]): JsonObject {
  return { objectId: id, cid, clientId: client, role: role === 'manager' ? 'Manager' : 'Member' };
}

function documentOf(row: JsonObject): QueryDocument {
  return { value: (path) => valueAtPath(row, path) };
}

/** Roles in a group are its members' business. Who has the master key sees everything. */
function isOutside(
  { kind, memberSet }: Conversation,
  { level }: Caller,
  client: string | undefined,
): boolean {
  return level !== 'master' && kind === 'basic' && (client === undefined || !memberSet.has(client));
}

/** A condition as JSON, in which Java calls the client a peer, or the id alone as C# sends it. @throws RestError 400 */
function conditionOf(query: { cid?: string; where?: JsonObject }): JsonObject & { readonly cid: string } {
  if (query.cid !== undefined) return { cid: query.cid };
  const { cid, peerId, ...others } = query.where ?? {};
  if (typeof cid !== 'string') throw notJson('where must be JSON that names a cid.');
  return { cid, ...(peerId !== undefined && { clientId: peerId }), ...others };
}
