import Type from 'typebox';
import { sampleChatRoom } from '../../domain/chat-room/sample-chat-room.ts';
import { countMembers } from '../../domain/membership/count-members.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { ConversationPath, chatRooms, findIn } from './collection.ts';

const path = `${chatRooms.path}/:cid/members`;
const { tag } = chatRooms;

/** Who is in a chat room at the moment (`rest §4.5`, `§4.6`). */
export const chatRoomMemberRoutes: readonly RestRoute[] = [
  route({
    method: 'GET',
    path,
    tag,
    summary: 'List some of who is in the room',
    description: 'At most 50 clients, by chance: rooms have no list of members.',
    needs: 'master',
    params: ConversationPath,
    answers: { 200: Type.Object({ result: Type.Array(Type.String()) }) },
    async handle({ world, caller, params }) {
      const { id } = await findIn(chatRooms, world, caller.app, params.cid);
      return ok({ result: await sampleChatRoom(world, caller.app, id) });
    },
  }),
  route({
    method: 'GET',
    path: `${path}/online-count`,
    tag,
    summary: 'Count who is in the room',
    needs: 'master',
    params: ConversationPath,
    answers: { 200: Type.Object({ result: Type.Integer() }) },
    async handle({ world, caller, params }) {
      const { id } = await findIn(chatRooms, world, caller.app, params.cid);
      return ok({ result: await countMembers(world, caller.app, id) });
    },
  }),
];
