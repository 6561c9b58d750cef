import Type from 'typebox';
import type { MemberRole } from '../../domain/conversation/conversation.ts';
import type { Conversation } from '../../domain/conversation/known-conversation.ts';
import { ImError } from '../../domain/errors.ts';
import { roleOf } from '../../domain/membership/rules.ts';
import { changeRole } from '../../domain/moderation/change-role.ts';
import { withdrawRole } from '../../domain/moderation/withdraw-role.ts';
import { badParameter, RestError } from '../rest-error.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { ClientIdText, Empty } from '../schemas.ts';
import { type Collection, ConversationPath, findIn } from './collection.ts';
import { ChangedAnswer, isoDate } from './conversation-record.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

const InfoPath = Type.Object({ ...ConversationPath.properties, infoId: Type.String({ maxLength: 64 }) });
const RoleName = Type.String({ description: '`Manager`, `Member`, or `Owner` for the creator.' });

/** Roles of members (`rest §3.22`–`§3.25`, `§4.13`). The owner is the creator and has no record. */
export function memberInfoRoutes(collection: Collection): readonly RestRoute[] {
  const path = `${collection.path}/:cid/member-infos`;
  const { tag } = collection;
  return [
    route({
      method: 'POST',
      path,
      tag,
      summary: 'Give a role',
      audit: { action: 'role.give', tells: ['clientId', 'role'] },
      needs: 'master',
      params: ConversationPath,
      body: Type.Object({ clientId: ClientIdText, role: RoleName }),
      answers: { 200: ChangedAnswer },
      async handle({ world, operator, params, body }) {
        const group = await findIn(collection, world, operator.app, params.cid);
        const role = roleNamed(body.role, group, body.clientId);
        const given = await changeRole(world, operator, {
          conversation: group.id,
          client: body.clientId,
          role,
        });
        return ok({ updatedAt: isoDate(given.conversation.updatedAt), objectId: given.role.id });
      },
    }),
    route({
      method: 'PUT',
      path: `${path}/:infoId`,
      tag,
      summary: 'Change a role',
      audit: { action: 'role.give', tells: ['role'] },
      needs: 'master',
      params: InfoPath,
      body: Type.Object({ clientId: Type.Optional(ClientIdText), role: RoleName }),
      answers: { 200: ChangedAnswer },
      async handle({ world, operator, params, body }) {
        const group = await findIn(collection, world, operator.app, params.cid);
        const { client } = recordOf(group, params.infoId);
        if (body.clientId !== undefined && body.clientId !== client) {
          throw badParameter('clientId is not the client of this record.');
        }
        const role = roleNamed(body.role, group, client);
        const given = await changeRole(world, operator, { conversation: group.id, client, role });
        return ok({ updatedAt: isoDate(given.conversation.updatedAt), objectId: given.role.id });
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/:infoId`,
      tag,
      summary: 'Take a role away',
      audit: { action: 'role.take' },
      needs: 'master',
      params: InfoPath,
      answers: { 200: Empty },
      async handle({ world, operator, params }) {
        const group = await findIn(collection, world, operator.app, params.cid);
        await withdrawRole(world, operator, group.id, recordOf(group, params.infoId));
        return ok({});
      },
    }),
    route({
      method: 'GET',
      path,
      tag,
      summary: 'List roles',
      needs: 'master',
      params: ConversationPath,
      query: Type.Object({
        skip: Type.Optional(Type.Integer({ minimum: 0 })),
        limit: Type.Optional(Type.Integer({ minimum: 1, description: `At most ${MAX_LIMIT}.` })),
        role: Type.Optional(Type.String({ description: 'Only this role.' })),
      }),
      answers: {
        200: Type.Object({
          results: Type.Array(
            Type.Object({ clientId: Type.String(), objectId: Type.String(), role: Type.String() }),
          ),
        }),
      },
      async handle({ world, operator, params, query }) {
        const group = await findIn(collection, world, operator.app, params.cid);
        const { skip = 0, limit = DEFAULT_LIMIT, role } = query;
        const results = group.roles
          .map((record) => ({ clientId: record.client, objectId: record.id, role: nameOf(record) }))
          .filter((record) => role === undefined || record.role === role);
        return ok({ results: results.slice(skip, skip + Math.min(limit, MAX_LIMIT)) });
      },
    }),
  ];
}

function nameOf({ role }: MemberRole): string {
  return role === 'manager' ? 'Manager' : 'Member';
}

/** @throws ImError UNKNOWN_CONVERSATION_ROLE, OWNER_PROMOTION_NOT_ALLOWED, CONVERSATION_NEED_OWNER */
export function roleNamed(name: string, group: Conversation, client: string): MemberRole['role'] {
  switch (name) {
    case 'Manager':
      return 'manager';
    case 'Member':
      return 'member';
    case 'Owner':
      throw roleOf(group, client) === 'owner'
        ? new ImError('CONVERSATION_NEED_OWNER', 'The creator is the owner already.')
        : new ImError('OWNER_PROMOTION_NOT_ALLOWED');
    default:
      throw new ImError('UNKNOWN_CONVERSATION_ROLE', 'role must be Manager or Member.');
  }
}

/** @throws RestError 404 */
function recordOf(group: Conversation, infoId: string): MemberRole {
  const record = group.roles.find(({ id }) => id === infoId);
  if (record !== undefined) return record;
  throw new RestError(404, 101, "Class or object doesn't exists.", `There is no role record ${infoId} here.`);
}
