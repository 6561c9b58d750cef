import Type from 'typebox';
import { addMembers } from '../../domain/membership/add-members.ts';
import { removeMembers } from '../../domain/membership/remove-members.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { ConversationPath, conversations, findIn } from './collection.ts';
import { ChangedAnswer, changedRecord } from './conversation-record.ts';
import { ClientList, refuseIfNothingSucceeded } from './list-result.ts';

const path = `${conversations.path}/:cid/members`;
const { tag } = conversations;

/** Who is in a basic conversation (`rest §3.5`–`§3.7`). */
export const memberRoutes: readonly RestRoute[] = [
  route({
    method: 'POST',
    path,
    tag,
    summary: 'Add members',
    audit: { action: 'member.add', tells: ['client_ids'] },
    needs: 'conversations',
    params: ConversationPath,
    body: ClientList,
    answers: { 200: ChangedAnswer },
    async handle({ world, caller, operator, params, body }) {
      const { id } = await findIn(conversations, world, caller.app, params.cid);
      const result = await addMembers(world, operator, id, body.client_ids);
      refuseIfNothingSucceeded(result);
      return ok(changedRecord(result.conversation));
    },
  }),
  route({
    method: 'DELETE',
    path,
    tag,
    summary: 'Remove members',
    audit: { action: 'member.remove', tells: ['client_ids'] },
    needs: 'conversations',
    params: ConversationPath,
    body: ClientList,
    bodyFromQuery: true,
    answers: { 200: ChangedAnswer },
    async handle({ world, caller, operator, params, body }) {
      const { id } = await findIn(conversations, world, caller.app, params.cid);
      const result = await removeMembers(world, operator, id, body.client_ids);
      return ok(changedRecord(result.conversation));
    },
  }),
  route({
    method: 'GET',
    path,
    tag,
    summary: 'List members',
    needs: 'conversations',
    params: ConversationPath,
    answers: { 200: Type.Object({ result: Type.Array(Type.String()) }) },
    async handle({ world, caller, params }) {
      const conversation = await findIn(conversations, world, caller.app, params.cid);
      return ok({ result: conversation.members });
    },
  }),
];
