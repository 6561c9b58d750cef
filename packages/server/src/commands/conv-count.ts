import { CommandType, OpType } from '@parley/protocol';
import { countMembers } from '../domain/membership/count-members.ts';
import type { CommandRow } from './command.ts';
import { requiredCid } from './fields.ts';

export const convCount: CommandRow = {
  cmd: CommandType.conv,
  op: OpType.count,
  rate: 'operation',
  outdatedBy: CommandType.conv,
  handle: async ({ world, actor, command }) => {
    const cid = requiredCid(command.convMessage?.cid);
    const count = await countMembers(world, actor.app, cid);
    return { cmd: CommandType.conv, op: OpType.result, convMessage: { cid, count } };
  },
};
