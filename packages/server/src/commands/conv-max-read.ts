import { CommandType, OpType } from '@parley/protocol';
import { readPositions } from '../domain/receipt/read-positions.ts';
import type { CommandRow } from './command.ts';
import { requiredCid } from './fields.ts';

/** When the others last received and read: the newest of all, or member by member (`wire-protocol §4.6`). */
export const convMaxRead: CommandRow = {
  cmd: CommandType.conv,
  op: OpType.max_read,
  rate: 'operation',
  handle: async ({ world, actor, command }) => {
    const cid = requiredCid(command.convMessage?.cid);
    const positions = await readPositions(world, actor, cid);
    if (command.convMessage?.queryAllMembers === true) {
      const maxReadTuples = positions.map(({ client, deliveredAt, readAt }) => ({
        pid: client,
        ...(deliveredAt !== undefined && { maxAckTimestamp: deliveredAt }),
        ...(readAt !== undefined && { maxReadTimestamp: readAt }),
      }));
      return { cmd: CommandType.conv, op: OpType.max_read, convMessage: { cid, maxReadTuples } };
    }
    const newest = (moments: readonly (number | undefined)[]) =>
      Math.max(0, ...moments.map((moment) => moment ?? 0));
    return {
      cmd: CommandType.conv,
      op: OpType.max_read,
      convMessage: {
        cid,
        maxReadTimestamp: newest(positions.map((position) => position.readAt)),
        maxAckTimestamp: newest(positions.map((position) => position.deliveredAt)),
      },
    };
  },
};
