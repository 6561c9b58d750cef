import { findConversation } from '../../domain/conversation/find-conversation.ts';
import { DataError } from '../../domain/errors.ts';
import { changeRole } from '../../domain/moderation/change-role.ts';
import {
  findRoles,
  type RoleObject,
  readRole,
  roleColumns,
  roleDocument,
} from '../../domain/moderation/find-roles.ts';
import { withdrawRole } from '../../domain/moderation/withdraw-role.ts';
import { compileCondition } from '../../domain/query/matches.ts';
import { chooseKeys } from '../../domain/records/choose-keys.ts';
import type { Requester } from '../../domain/records/requester.ts';
import { parseCondition, parseOrder } from '../../domain/records/where.ts';
import { isoDate } from '../im/conversation-record.ts';
import { roleNamed } from '../im/member-infos.ts';
import { limitOf } from '../page-size.ts';
import { badParameter } from '../rest-error.ts';
import { ok } from '../route.ts';
import type { ClassActions, ClassRequest } from './class-actions.ts';
import { choiceIn, whereOf } from './parts.ts';

/** `_ConversationMemberInfo`: the roles of all conversations, for who has the master key (`rest §6.3`). */
export const memberInfoActions: ClassActions = {
  async create() {
    throw new DataError('FORBIDDEN', 'A role is given by POST /1.2/rtm/conversations/{id}/member-infos.');
  },
  async find({ world, requester }, query) {
    requireMaster(requester);
    const { objects, count } = await findRoles(world, requester.app, {
      condition: parseCondition(whereOf(query.where)),
      sort: parseOrder(query.order),
      skip: query.skip ?? 0,
      limit: limitOf(query),
    });
    const results = objects.map((object) => chooseKeys(roleColumns(object), choiceIn(query)));
    return ok({ results, ...(query.count === true && { count }) });
  },
  async read({ world, requester }, id, query) {
    requireMaster(requester);
    const object = await readRole(world, requester.app, id);
    return ok(object === undefined ? {} : chooseKeys(roleColumns(object), choiceIn(query)));
  },
  async update(request, id, fields, query) {
    const { world, requester } = request;
    const [found] = await rolesNamed(request, [id], query.where);
    if (found === undefined) throw new DataError('CLASS_NOT_FOUND', `There is no role record ${id}.`);
    const { client } = found.role;
    if (typeof fields.role !== 'string') throw badParameter('role must be Manager or Member.');
    const group = await findConversation(world, requester.app, found.conversation);
    const role = roleNamed(fields.role, group, client);
    const given = await changeRole(world, { app: requester.app }, { conversation: group.id, client, role });
    return ok({ updatedAt: isoDate(given.conversation.updatedAt), objectId: given.role.id });
  },
  async remove(request, ids, query) {
    for (const { conversation, role } of await rolesNamed(request, ids, query.where)) {
      await withdrawRole(request.world, { app: request.requester.app }, conversation, role);
    }
    return ok({});
  },
};

/** Those of these roles that there are. @throws DataError FORBIDDEN, NO_EFFECT where one does not meet `where` */
async function rolesNamed(
  { world, requester }: ClassRequest,
  ids: readonly string[],
  where: string | undefined,
): Promise<readonly RoleObject[]> {
  requireMaster(requester);
  const meets = compileCondition(parseCondition(whereOf(where)));
  const found: RoleObject[] = [];
  for (const id of ids) {
    const role = await readRole(world, requester.app, id);
    if (role !== undefined) found.push(role);
  }
  const isMet = found.length > 0 && found.every((role) => meets(roleDocument(role)));
  if (where !== undefined && !isMet) throw new DataError('NO_EFFECT');
  return found;
}

function requireMaster({ isMaster }: Requester): void {
  if (!isMaster) throw new DataError('FORBIDDEN', 'The roles of all conversations need the master key.');
}
