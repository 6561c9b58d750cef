import { blockClients, unblockClients } from '../../domain/moderation/block-clients.ts';
import { listModerated } from '../../domain/moderation/list-moderated.ts';
import { silenceMembers, unsilenceMembers } from '../../domain/moderation/silence-members.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { Empty } from '../schemas.ts';
import { type Collection, ConversationPath, findIn } from './collection.ts';
import { ClientList, refuseIfNothingSucceeded } from './list-result.ts';
import { ClientPageAnswer, clientPage, PageQuery } from './pages.ts';

/** A list of clients that a conversation has, to be added to, taken from and read. */
interface ModeratedList {
  readonly name: Parameters<typeof listModerated>[3];
  /** Below the conversation. */
  readonly path: string;
  readonly audit: string;
  readonly add: typeof blockClients | typeof silenceMembers;
  readonly remove: typeof unblockClients | typeof unsilenceMembers;
  readonly summaries: { readonly add: string; readonly remove: string; readonly read: string };
}

const blacklist: ModeratedList = {
  name: 'blocked',
  path: 'blacklists',
  audit: 'blacklist',
  add: blockClients,
  remove: unblockClients,
  summaries: { add: 'Keep clients out', remove: 'Let clients in again', read: 'List who is kept out' },
};

const silenced: ModeratedList = {
  name: 'silenced',
  path: 'permanent-silenceds',
  audit: 'silence',
  add: silenceMembers,
  remove: unsilenceMembers,
  summaries: {
    add: 'Take the word from clients',
    remove: 'Give the word back',
    read: 'List who may not speak',
  },
};

/**
 * Who is kept out (`rest §3.26`–`§3.28`, `§4.15`).
 *
 * @param readable what may be looked up under this path: the guide shows a chat room under that of conversations
 */
export function blacklistRoutes(
  collection: Collection,
  readable: readonly [Collection, ...Collection[]] = [collection],
): readonly RestRoute[] {
  return listRoutes(collection, blacklist, readable);
}

/** Who may not speak until the word is given back (`rest §3.19`–`§3.21`, `§4.14`). */
export function silencedRoutes(collection: Collection): readonly RestRoute[] {
  return listRoutes(collection, silenced, [collection]);
}

function listRoutes(
  collection: Collection,
  list: ModeratedList,
  readable: readonly [Collection, ...Collection[]],
): readonly RestRoute[] {
  const path = `${collection.path}/:cid/${list.path}`;
  const { tag } = collection;
  return [
    ...(['add', 'remove'] as const).map((change) =>
      route({
        method: change === 'add' ? 'POST' : 'DELETE',
        path,
        tag,
        summary: list.summaries[change],
        audit: { action: `${list.audit}.${change}`, tells: ['client_ids'] },
        needs: 'master',
        params: ConversationPath,
        body: ClientList,
        bodyFromQuery: change === 'remove',
        answers: { 200: Empty },
        async handle({ world, operator, params, body }) {
          const { id } = await findIn(collection, world, operator.app, params.cid);
          refuseIfNothingSucceeded(await list[change](world, operator, id, body.client_ids));
          return ok({});
        },
      }),
    ),
    route({
      method: 'GET',
      path,
      tag,
      summary: list.summaries.read,
      needs: 'master',
      params: ConversationPath,
      query: PageQuery,
      answers: { 200: ClientPageAnswer },
      async handle({ world, operator, params, query }) {
        const { id } = await findIn(readable, world, operator.app, params.cid);
        return ok(clientPage(await listModerated(world, operator, id, list.name, query)));
      },
    }),
  ];
}
