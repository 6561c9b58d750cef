import { CommandType, type ConvCommand, OpType } from '@parley/protocol';
import type { PartialResult } from '../domain/membership/partial-result.ts';
import { checkModerated, listModerated } from '../domain/moderation/list-moderated.ts';
import { silenceMembers, unsilenceMembers } from '../domain/moderation/silence-members.ts';
import type { CommandRow } from './command.ts';
import { clientIds, convCid, requiredCid } from './fields.ts';
import { failedPids, refuseIfNothingSucceeded } from './membership-reply.ts';

/** Takes the word from members and gives it back (`wire-protocol §4.15`). */
export const convAddShutup: CommandRow = {
  cmd: CommandType.conv,
  op: OpType.add_shutup,
  rate: 'operation',
  writesTo: convCid,
  handle: async ({ world, actor, command }) => {
    const cid = requiredCid(command.convMessage?.cid);
    const result = await silenceMembers(world, actor, cid, clientIds(command.convMessage?.m));
    return { cmd: CommandType.conv, op: OpType.shutup_added, convMessage: partly(cid, result) };
  },
};

export const convRemoveShutup: CommandRow = {
  cmd: CommandType.conv,
  op: OpType.remove_shutup,
  rate: 'operation',
  writesTo: convCid,
  handle: async ({ world, actor, command }) => {
    const cid = requiredCid(command.convMessage?.cid);
    const result = await unsilenceMembers(world, actor, cid, clientIds(command.convMessage?.m));
    return { cmd: CommandType.conv, op: OpType.shutup_removed, convMessage: partly(cid, result) };
  },
};

export const convQueryShutup: CommandRow = {
  cmd: CommandType.conv,
  op: OpType.query_shutup,
  rate: 'operation',
  outdatedBy: CommandType.conv,
  handle: async ({ world, actor, command }) => {
    const { cid: id, limit, next } = command.convMessage ?? {};
    const cid = requiredCid(id);
    const page = await listModerated(world, actor, cid, 'silenced', {
      ...(limit !== undefined && { limit }),
      ...(next !== undefined && { next }),
    });
    return {
      cmd: CommandType.conv,
      op: OpType.shutup_result,
      convMessage: { cid, m: [...page.clients], ...(page.next !== undefined && { next: page.next }) },
    };
  },
};

export const convCheckShutup: CommandRow = {
  cmd: CommandType.conv,
  op: OpType.check_shutup,
  rate: 'operation',
  outdatedBy: CommandType.conv,
  handle: async ({ world, actor, command }) => {
    const cid = requiredCid(command.convMessage?.cid);
    const m = await checkModerated(world, actor, cid, 'silenced', clientIds(command.convMessage?.m));
    return { cmd: CommandType.conv, op: OpType.check_result, convMessage: { cid, m: [...m] } };
  },
};

function partly(cid: string, result: PartialResult): ConvCommand {
  refuseIfNothingSucceeded(result);
  return {
    cid,
    allowedPids: [...result.succeeded],
    ...(result.refused.length > 0 && { failedPids: failedPids(result.refused) }),
  };
}
