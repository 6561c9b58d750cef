import { listModerated } from '../../domain/moderation/list-moderated.ts';
import { silenceMembers, unsilenceMembers } from '../../domain/moderation/silence-members.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { Empty } from '../schemas.ts';
import { type Collection, ConversationPath, findIn } from './collection.ts';
import { ClientList, refuseIfNothingSucceeded } from './list-result.ts';
import { ClientPageAnswer, clientPage, PageQuery } from './pages.ts';

/** Who may not speak until the word is given back (`rest §3.19`–`§3.21`, `§4.14`). */
export function silencedRoutes(collection: Collection): readonly RestRoute[] {
  const path = `${collection.path}/:cid/permanent-silenceds`;
  const { tag } = collection;
  return [
    ...([silenceMembers, unsilenceMembers] as const).map((change) =>
      route({
        method: change === silenceMembers ? 'POST' : 'DELETE',
        path,
        tag,
        summary: change === silenceMembers ? 'Take the word from clients' : 'Give the word back',
        audit: {
          action: change === silenceMembers ? 'silence.add' : 'silence.remove',
          tells: ['client_ids'],
        },
        needs: 'master',
        params: ConversationPath,
        body: ClientList,
        bodyFromQuery: change === unsilenceMembers,
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
      summary: 'List who may not speak',
      needs: 'master',
      params: ConversationPath,
      query: PageQuery,
      answers: { 200: ClientPageAnswer },
      async handle({ world, operator, params, query }) {
        const { id } = await findIn(collection, world, operator.app, params.cid);
        return ok(clientPage(await listModerated(world, operator, id, 'silenced', query)));
      },
    }),
  ];
}
