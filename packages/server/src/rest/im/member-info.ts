import Type from 'typebox';
import { findConversation } from '../../domain/conversation/find-conversation.ts';
import type { Conversation } from '../../domain/conversation/known-conversation.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { findRoles, roleColumns } from '../../domain/moderation/find-roles.ts';
import { choiceOf, chooseKeys } from '../../domain/records/choose-keys.ts';
import { parseCondition, parseOrder } from '../../domain/records/where.ts';
import type { World } from '../../domain/world.ts';
import type { Caller } from '../authenticate.ts';
import { notJson } from '../rest-error.ts';
import { ok, route } from '../route.ts';
import { AnyObject, ClientIdText, listOf } from '../schemas.ts';
import { RecordsQuery } from './find-records.ts';

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
    where: Type.Optional(
      AnyObject(
        '`{"cid": …}` and what else rows have to meet; `peerId` is `clientId`. With the master key `cid` may be missing.',
      ),
    ),
    cid: Type.Optional(Type.String({ description: 'The conversation, instead of `where`.' })),
    skip: Type.Optional(Type.Integer({ minimum: 0 })),
    limit: Type.Optional(Type.Integer({ minimum: 0, description: `At most ${MAX_LIMIT}.` })),
    order: RecordsQuery.properties.order,
    keys: RecordsQuery.properties.keys,
    count: Type.Optional(Type.Boolean({ description: 'Add the number of all that match.' })),
  }),
  answers: {
    200: Type.Object({
      results: listOf(
        Type.Object({
          objectId: Type.String(),
          cid: Type.Optional(Type.String()),
          clientId: Type.Optional(Type.String()),
          role: Type.Optional(Type.Enum(['Manager', 'Member'])),
        }),
        'Stored roles; the owner has none.',
      ),
      count: Type.Optional(Type.Integer()),
    }),
  },
  async handle({ world, caller, query }) {
    const where = conditionOf(query);
    const roles = {
      condition: parseCondition(where),
      sort: parseOrder(query.order),
      skip: query.skip ?? 0,
      limit: Math.min(query.limit ?? MAX_LIMIT, MAX_LIMIT),
    };
    const group = await groupNamed(world, caller, where.cid);
    const { objects, count } = isOutside(group, caller, query.client_id)
      ? { objects: [], count: 0 }
      : await findRoles(world, caller.app, roles, group);
    const choice = choiceOf(query.keys, false);
    const results = objects.map((object) => chooseKeys(roleColumns(object), choice));
    return ok({ results, ...(query.count === true && { count }) });
  },
});

/** Who has the master key may ask about all conversations, like about any class. @throws RestError 400 */
async function groupNamed(
  world: World,
  { app, level }: Caller,
  cid: JsonValue | undefined,
): Promise<Conversation | undefined> {
  if (typeof cid === 'string') return findConversation(world, app, cid);
  if (level !== 'master') throw notJson('where must be JSON that names a cid.');
  return undefined;
}

/** Roles in a group are its members' business. Who has the master key sees everything. */
function isOutside(group: Conversation | undefined, { level }: Caller, client: string | undefined): boolean {
  if (level === 'master' || group?.kind !== 'basic') return false;
  return client === undefined || !group.memberSet.has(client);
}

/** A condition as JSON, in which Java calls the client a peer, or the id alone as C# sends it. */
function conditionOf(query: { cid?: string; where?: JsonObject }): JsonObject {
  if (query.cid !== undefined) return { cid: query.cid };
  const { peerId, ...others } = query.where ?? {};
  return { ...(peerId !== undefined && { clientId: peerId }), ...others };
}
