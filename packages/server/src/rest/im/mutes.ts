import Type from 'typebox';
import { muteForClients } from '../../domain/conversation/mute-for-clients.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { ConversationPath, conversations, findIn } from './collection.ts';
import { ChangedAnswer, changedRecord } from './conversation-record.ts';
import { ClientList } from './list-result.ts';

const path = `${conversations.path}/:cid/mutes`;
const { tag } = conversations;

/** Whose push notifications are silenced; they may speak as before (`rest §3.8`–`§3.10`). */
export const muteRoutes: readonly RestRoute[] = [
  ...([true, false] as const).map((muted) =>
    route({
      method: muted ? 'POST' : 'DELETE',
      path,
      tag,
      summary: muted ? 'Mute push notifications for members' : 'Let push notifications through again',
      audit: { action: muted ? 'mute.add' : 'mute.remove', tells: ['client_ids'] },
      needs: 'conversations',
      params: ConversationPath,
      body: ClientList,
      bodyFromQuery: !muted,
      answers: { 200: ChangedAnswer },
      async handle({ world, caller, operator, params, body }) {
        const { id } = await findIn(conversations, world, caller.app, params.cid);
        return ok(changedRecord(await muteForClients(world, operator, id, body.client_ids, muted)));
      },
    }),
  ),
  route({
    method: 'GET',
    path,
    tag,
    summary: 'List members without push notifications',
    needs: 'conversations',
    params: ConversationPath,
    answers: { 200: Type.Object({ result: Type.Array(Type.String()) }) },
    async handle({ world, caller, params }) {
      const conversation = await findIn(conversations, world, caller.app, params.cid);
      return ok({ result: conversation.mutedBy });
    },
  }),
];
