import { blockClients, unblockClients } from '../../domain/moderation/block-clients.ts';
import { listModerated } from '../../domain/moderation/list-moderated.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { Empty } from '../schemas.ts';
import { type Collection, ConversationPath, findIn } from './collection.ts';
import { ClientList, refuseIfNothingSucceeded } from './list-result.ts';
import { ClientPageAnswer, clientPage, PageQuery } from './pages.ts';

/**
 * Who is kept out (`rest §3.26`–`§3.28`, `§4.15`).
 *
 * @param readable what may be looked up under this path: the guide shows a chat room under that of conversations
 */
export function blacklistRoutes(
  collection: Collection,
  readable: readonly [Collection, ...Collection[]] = [collection],
): readonly RestRoute[] {
  const path = `${collection.path}/:cid/blacklists`;
  const { tag } = collection;
  return [
    ...([blockClients, unblockClients] as const).map((change) =>
      route({
        method: change === blockClients ? 'POST' : 'DELETE',
        path,
        tag,
        summary: change === blockClients ? 'Keep clients out' : 'Let clients in again',
        audit: {
          action: change === blockClients ? 'blacklist.add' : 'blacklist.remove',
          tells: ['client_ids'],
        },
        needs: 'master',
        params: ConversationPath,
        body: ClientList,
        bodyFromQuery: change === unblockClients,
        answers: { 200: Empty },
        async handle({ world, operator, params, body }) {
          const { id } = await findIn(collection, world, operator.app, params.cid);
          refuseIfNothingSucceeded(await change(world, operator, id, body.client_ids));
          return ok({});
        },
      }),
    ),
    route({
      method: 'GET',
      path,
      tag,
      summary: 'List who is kept out',
      needs: 'master',
      params: ConversationPath,
      query: PageQuery,
      answers: { 200: ClientPageAnswer },
      async handle({ world, operator, params, query }) {
        const { id } = await findIn(readable, world, operator.app, params.cid);
        return ok(clientPage(await listModerated(world, operator, id, 'blocked', query)));
      },
    }),
  ];
}
