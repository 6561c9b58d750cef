import Type from 'typebox';
import { kickClient, MAX_REASON } from '../../domain/presence/kick-client.ts';
import { MAX_ASKED, onlineClients } from '../../domain/presence/online-clients.ts';
import { countUnread } from '../../domain/unread/count-unread.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { ClientIdText, Empty } from '../schemas.ts';
import { ConversationIdText, conversationIdOf } from './collection.ts';

const tag = 'Clients';

export const KickReason = Type.String({ maxLength: MAX_REASON, description: 'Told to the client.' });
export const ClientPath = Type.Object({ clientId: ClientIdText });

/** What an app's server asks about clients (`rest §5.2.1`, `§5.2.2`). */
export const clientRoutes: readonly RestRoute[] = [
  route({
    method: 'POST',
    path: '/1.2/rtm/clients/check-online',
    tag,
    summary: 'Ask who is online',
    audit: { not: 'reads only' },
    needs: 'master',
    body: Type.Object({ client_ids: Type.Array(ClientIdText, { maxItems: MAX_ASKED }) }),
    answers: { 200: Type.Object({ results: Type.Array(Type.String()) }) },
    handle: async ({ world, caller, body }) =>
      ok({ results: onlineClients(world, caller.app, body.client_ids) }),
  }),
  route({
    method: 'GET',
    path: '/1.2/rtm/clients/:clientId/unread-count',
    tag,
    summary: 'Count unread messages of a client',
    needs: 'app',
    params: ClientPath,
    query: Type.Object({ conv_id: Type.Optional(ConversationIdText) }),
    answers: { 200: Type.Object({ count: Type.Integer() }) },
    async handle({ world, caller, params, query }) {
      const conversation = query.conv_id === undefined ? undefined : conversationIdOf(query.conv_id);
      return ok({ count: await countUnread(world, caller.app, params.clientId, conversation) });
    },
  }),
  route({
    method: 'POST',
    path: '/1.2/rtm/clients/:clientId/kick',
    tag,
    summary: 'Send a client away',
    audit: { action: 'client.kick', tells: ['reason'] },
    description: 'Ends its sessions on every device. It can log in again, unless the app refuses to sign.',
    needs: 'master',
    params: ClientPath,
    body: Type.Object({ reason: Type.Optional(KickReason) }),
    answers: { 200: Empty },
    async handle({ world, operator, params, body }) {
      await kickClient(world, operator, params.clientId, body.reason ?? '');
      return ok({});
    },
  }),
];
