import { CommandType, OpType } from '@parley/protocol';
import { removeMembers } from '../domain/membership/remove-members.ts';
import type { CommandRow } from './command.ts';
import { clientIds, convCid, requiredCid, signatureOf } from './fields.ts';
import { membershipReply } from './membership-reply.ts';

/** Quits, or puts others out (`wire-protocol §4.3`). */
export const convRemove: CommandRow = {
  cmd: CommandType.conv,
  op: OpType.remove,
  rate: 'operation',
  writesTo: convCid,
  handle: async ({ world, actor, command }) => {
    const { cid, m } = command.convMessage ?? {};
    const result = await removeMembers(
      world,
      actor,
      requiredCid(cid),
      clientIds(m),
      signatureOf(command.convMessage ?? {}),
    );
    return { cmd: CommandType.conv, op: OpType.removed, convMessage: membershipReply(result) };
  },
};
