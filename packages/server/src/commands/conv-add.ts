import { CommandType, OpType } from '@parley/protocol';
import { addMembers } from '../domain/membership/add-members.ts';
import type { CommandRow } from './command.ts';
import { clientIds, convCid, requiredCid, signatureOf } from './fields.ts';
import { membershipReply } from './membership-reply.ts';

/** Joins, or brings others in (`wire-protocol §4.3`). */
export const convAdd: CommandRow = {
  cmd: CommandType.conv,
  op: OpType.add,
  rate: 'operation',
  writesTo: convCid,
  handle: async ({ world, actor, command }) => {
    const { cid, m } = command.convMessage ?? {};
    const result = await addMembers(
      world,
      actor,
      requiredCid(cid),
      clientIds(m),
      signatureOf(command.convMessage ?? {}),
    );
    return { cmd: CommandType.conv, op: OpType.added, convMessage: membershipReply(result) };
  },
};
