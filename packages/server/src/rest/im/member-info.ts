import Type from 'typebox';
import { findConversation } from '../../domain/conversation/find-conversation.ts';
import type { Conversation } from '../../domain/conversation/known-conversation.ts';
import type { JsonObject } from '../../domain/json.ts';
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
    where: Type.Optional(AnyObject('`{"cid": …}`, with `clientId` or `peerId` to ask for one member.')),
    cid: Type.Optional(Type.String({ description: 'The conversation, instead of `where`.' })),
    skip: Type.Optional(Type.Integer({ minimum: 0 })),
    limit: Type.Optional(Type.Integer({ minimum: 0, description: `At most ${MAX_LIMIT}.` })),
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
    }),
  },
  async handle({ world, caller, query }) {
    const { cid, client } = conditionOf(query);
    const conversation = await findConversation(world, caller.app, cid);
    if (isOutside(conversation, caller, query.client_id)) return ok({ results: [] });
    const rows = conversation.roles.filter((entry) => client === undefined || entry.client === client);
    const skip = query.skip ?? 0;
    const limit = Math.min(query.limit ?? MAX_LIMIT, MAX_LIMIT);
    return ok({
      results: rows.slice(skip, skip + limit).map((entry) => ({
        objectId: entry.id,
        cid,
        clientId: entry.client,
        role: entry.role === 'manager' ? 'Manager' : 'Member',
      })),
    });
  },
});

/** Roles in a group are its members' business. Who has the master key sees everything. */
function isOutside(
  { kind, memberSet }: Conversation,
  { level }: Caller,
  client: string | undefined,
): boolean {
  return level !== 'master' && kind === 'basic' && (client === undefined || !memberSet.has(client));
}

/** A condition as JSON, or the id alone as C# sends it. @throws RestError 400 */
function conditionOf(query: { cid?: string; where?: JsonObject }): { cid: string; client?: string } {
  if (query.cid !== undefined) return { cid: query.cid };
  const client = query.where?.peerId ?? query.where?.clientId;
  if (typeof query.where?.cid !== 'string') throw notJson('where must be JSON that names a cid.');
  return { cid: query.where.cid, ...(typeof client === 'string' && { client }) };
}
