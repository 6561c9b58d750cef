import { findConversation } from '../domain/conversation/find-conversation.ts';
import type { JsonObject } from '../domain/json.ts';
import { RestError } from './rest-error.ts';
import type { RestRoute } from './route.ts';

const MAX_LIMIT = 1000;

/**
 * The roles that were given in a conversation (`wire-protocol §4.8`, `rest §6.3`). The owner is in no table: SDKs know
 * it from the creator. No other key than `results`: Java reads every value as a list.
 */
export const memberInfo: RestRoute = {
  method: 'GET',
  path: '/1.1/classes/_ConversationMemberInfo',
  needs: 'session',
  async handle({ world, caller, query }) {
    const { cid, client } = conditionOf(query);
    const conversation = await findConversation(world, caller.app, cid);
    const rows = conversation.roles.filter((entry) => client === undefined || entry.client === client);
    const skip = numberOf(query.skip) ?? 0;
    const limit = Math.min(numberOf(query.limit) ?? MAX_LIMIT, MAX_LIMIT);
    return {
      results: rows.slice(skip, skip + limit).map((entry) => ({
        objectId: entry.id,
        cid,
        clientId: entry.client,
        role: entry.role === 'manager' ? 'Manager' : 'Member',
      })),
    };
  },
};

/** A condition as JSON, or the id alone as C# sends it. @throws RestError 400 */
function conditionOf(query: Readonly<Record<string, unknown>>): { cid: string; client?: string } {
  if (typeof query.cid === 'string') return { cid: query.cid };
  let where: JsonObject = {};
  try {
    where = JSON.parse(String(query.where ?? '{}'));
  } catch {
    // Told below, like a condition without a conversation.
  }
  const client = where?.peerId ?? where?.clientId;
  if (typeof where?.cid !== 'string') throw new RestError(400, 107, 'where must be JSON that names a cid.');
  return { cid: where.cid, ...(typeof client === 'string' && { client }) };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
