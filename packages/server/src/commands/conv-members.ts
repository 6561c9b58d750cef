import { CommandType, OpType } from '@parley/protocol';
import { sampleChatRoom } from '../domain/chat-room/sample-chat-room.ts';
import type { CommandRow } from './command.ts';
import { requiredCid } from './fields.ts';

/** Who is in a chat room, as a sample (`wire-protocol §4.6`). */
export const convMembers: CommandRow = {
  cmd: CommandType.conv,
  op: OpType.members,
  rate: 'operation',
  handle: async ({ world, actor, command }) => {
    const { cid, limit } = command.convMessage ?? {};
    const members = await sampleChatRoom(world, actor.app, requiredCid(cid), limit);
    return { cmd: CommandType.conv, op: OpType.members, convMessage: { cid: cid ?? '', m: [...members] } };
  },
};
