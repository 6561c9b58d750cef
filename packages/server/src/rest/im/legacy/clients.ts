import Type from 'typebox';
import type { App } from '../../../domain/app/app.ts';
import { sampleChatRoom } from '../../../domain/chat-room/sample-chat-room.ts';
import type { Conversation } from '../../../domain/conversation/known-conversation.ts';
import { kickClient } from '../../../domain/presence/kick-client.ts';
import { MAX_ASKED, onlineClients } from '../../../domain/presence/online-clients.ts';
import { countUnread } from '../../../domain/unread/count-unread.ts';
import type { World } from '../../../domain/world.ts';
import { ok, type RestRoute, route } from '../../route.ts';
import { ClientIdText, Empty } from '../../schemas.ts';
import { ClientPath, KickReason } from '../clients.ts';
import { ConversationIdText, ConversationPath, conversationIdOf } from '../collection.ts';
import { tag } from './tag.ts';

const RoomQuery = Type.Object({ gid: ConversationIdText });
const CountAnswer = Type.Object({ count: Type.Integer() });

/** Clients as version 1.1 asks about them (`rest §8.7`, `§8.12`, `§8.13`, `§8.15`). */
export const legacyClientRoutes: readonly RestRoute[] = [
  route({
    method: 'GET',
    path: '/1.1/rtm/messages/unread/:clientId',
    tag,
    summary: 'Count unread messages of a client',
    needs: 'app',
    params: ClientPath,
    answers: { 200: CountAnswer },
    handle: async ({ world, caller, params }) =>
      ok({ count: await countUnread(world, caller.app, params.clientId) }),
  }),
  route({
    method: 'GET',
    path: '/1.1/rtm/messages/unread/:clientId/:cid',
    tag,
    summary: 'Count unread messages of a client in a conversation',
    needs: 'app',
    params: Type.Object({ ...ClientPath.properties, ...ConversationPath.properties }),
    answers: { 200: CountAnswer },
    handle: async ({ world, caller, params }) =>
      ok({ count: await countUnread(world, caller.app, params.clientId, conversationIdOf(params.cid)) }),
  }),
  route({
    method: 'GET',
    path: '/1.1/rtm/transient_group/onlines',
    tag,
    summary: 'Count who is in a chat room',
    needs: 'app',
    query: RoomQuery,
    answers: { 200: Type.Object({ result: Type.Integer() }) },
    async handle({ world, caller, query }) {
      const room = await roomNamed(world, caller.app, query.gid);
      return ok({ result: room === undefined ? 0 : world.rooms.count(room.key) });
    },
  }),
  route({
    method: 'GET',
    path: '/1.1/rtm/transient_group/members',
    tag,
    summary: 'List some of who is in a chat room',
    needs: 'app',
    query: RoomQuery,
    answers: { 200: Type.Object({ result: Type.Array(Type.String()) }) },
    async handle({ world, caller, query }) {
      const room = await roomNamed(world, caller.app, query.gid);
      return ok({ result: room === undefined ? [] : await sampleChatRoom(world, caller.app, room.id) });
    },
  }),
  route({
    method: 'POST',
    path: '/1.1/rtm/online',
    tag,
    summary: 'Ask who is online',
    audit: { not: 'reads only' },
    needs: 'master',
    body: Type.Object({ peers: Type.Array(ClientIdText, { maxItems: MAX_ASKED }) }),
    answers: { 200: Type.Object({ results: Type.Array(Type.String()) }) },
    handle: async ({ world, caller, body }) => ok({ results: onlineClients(world, caller.app, body.peers) }),
  }),
  route({
    method: 'POST',
    path: '/1.1/rtm/client/kick',
    tag,
    summary: 'Send a client away',
    audit: { action: 'client.kick', target: { parameter: 'client_id' }, tells: ['reason'] },
    needs: 'master',
    body: Type.Object({ client_id: ClientIdText, reason: Type.Optional(KickReason) }),
    answers: { 200: Empty },
    async handle({ world, operator, body }) {
      await kickClient(world, operator, body.client_id, body.reason ?? '');
      return ok({});
    },
  }),
];

/** A room nobody knows is an empty one (`rest §8.12`). */
async function roomNamed(world: World, app: App, gid: string): Promise<Conversation | undefined> {
  const room = await world.conversations.load(app.key, conversationIdOf(gid));
  return room?.kind === 'chat-room' ? room : undefined;
}
