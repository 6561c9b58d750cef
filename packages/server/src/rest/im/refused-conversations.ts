import Type from 'typebox';
import { listRefusedConversations, refuseConversation } from '../../domain/membership/refuse-conversation.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { Empty } from '../schemas.ts';
import { ClientPath } from './clients.ts';
import { ConversationIdText, conversationIdOf } from './collection.ts';
import { PageQuery } from './pages.ts';

const path = '/1.2/rtm/clients/:clientId/blacklists';
const tag = 'Clients';

/** Conversations that a client does not want to be brought into (`rest §5.2.7`). */
export const refusedConversationRoutes: readonly RestRoute[] = [
  ...([true, false] as const).map((refused) =>
    route({
      method: refused ? 'POST' : 'DELETE',
      path,
      tag,
      summary: refused ? 'Keep others from adding a client' : 'Let others add a client again',
      audit: {
        action: refused ? 'client.refuse-conversation' : 'client.accept-conversation',
        tells: ['conv_id'],
      },
      needs: 'master',
      params: ClientPath,
      body: Type.Object({ conv_id: ConversationIdText }),
      bodyFromQuery: !refused,
      answers: { 200: Empty },
      async handle({ world, caller, params, body }) {
        const conversation = conversationIdOf(body.conv_id);
        await refuseConversation(world, caller.app, params.clientId, conversation, refused);
        return ok({});
      },
    }),
  ),
  route({
    method: 'GET',
    path,
    tag,
    summary: 'List conversations others cannot add a client to',
    needs: 'master',
    params: ClientPath,
    query: PageQuery,
    answers: {
      200: Type.Object({
        conv_ids: Type.Array(Type.String()),
        next: Type.Optional(Type.String({ description: 'Absent on the last page.' })),
      }),
    },
    async handle({ world, caller, params, query }) {
      const { conversations, next } = await listRefusedConversations(
        world,
        caller.app,
        params.clientId,
        query,
      );
      return ok({ conv_ids: conversations, ...(next !== undefined && { next }) });
    },
  }),
];
