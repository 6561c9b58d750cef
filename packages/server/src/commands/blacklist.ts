import { type BlacklistCommand, CommandType, type GenericCommand, OpType } from '@parley/protocol';
import { ImError } from '../domain/errors.ts';
import type { PartialResult } from '../domain/membership/partial-result.ts';
import { blockClients, unblockClients } from '../domain/moderation/block-clients.ts';
import { checkModerated, listModerated } from '../domain/moderation/list-moderated.ts';
import type { CommandRow } from './command.ts';
import { clientIds, requiredCid, signatureOf } from './fields.ts';
import { failedPids, refuseIfNothingSucceeded } from './membership-reply.ts';

/** Keeps clients out of a conversation and lets them in again (`wire-protocol §4.16`). */
export const blacklistBlock: CommandRow = {
  cmd: CommandType.blacklist,
  op: OpType.block,
  rate: 'operation',
  writesTo: sourceCid,
  handle: async ({ world, actor, command }) => {
    const { cid, clients, signature } = request(command);
    const result = await blockClients(world, actor, cid, clients, signature);
    return { cmd: CommandType.blacklist, op: OpType.blocked, blacklistMessage: partly(cid, result) };
  },
};

export const blacklistUnblock: CommandRow = {
  cmd: CommandType.blacklist,
  op: OpType.unblock,
  rate: 'operation',
  writesTo: sourceCid,
  handle: async ({ world, actor, command }) => {
    const { cid, clients, signature } = request(command);
    const result = await unblockClients(world, actor, cid, clients, signature);
    return { cmd: CommandType.blacklist, op: OpType.unblocked, blacklistMessage: partly(cid, result) };
  },
};

export const blacklistQuery: CommandRow = {
  cmd: CommandType.blacklist,
  op: OpType.query,
  rate: 'operation',
  outdatedBy: CommandType.conv,
  handle: async ({ world, actor, command }) => {
    const { cid } = request(command);
    const { limit, next } = command.blacklistMessage ?? {};
    const page = await listModerated(world, actor, cid, 'blocked', {
      ...(limit !== undefined && { limit }),
      ...(next !== undefined && { next }),
    });
    return {
      cmd: CommandType.blacklist,
      op: OpType.query_result,
      blacklistMessage: {
        srcCid: cid,
        blockedPids: [...page.clients],
        ...(page.next !== undefined && { next: page.next }),
      },
    };
  },
};

export const blacklistCheck: CommandRow = {
  cmd: CommandType.blacklist,
  op: OpType.check_block,
  rate: 'operation',
  outdatedBy: CommandType.conv,
  handle: async ({ world, actor, command }) => {
    const { cid, clients } = request(command);
    const blockedPids = await checkModerated(world, actor, cid, 'blocked', clients);
    return {
      cmd: CommandType.blacklist,
      op: OpType.check_result,
      blacklistMessage: { srcCid: cid, blockedPids: [...blockedPids] },
    };
  },
};

function sourceCid(command: GenericCommand): string | undefined {
  return command.blacklistMessage?.srcCid;
}

function request({ blacklistMessage }: GenericCommand) {
  const { srcCid, srcPid, toPids } = blacklistMessage ?? {};
  if (srcCid === undefined && srcPid !== undefined) {
    // No SDK sends it (`wire-protocol §10`).
    throw new ImError('INTERNAL_ERROR', 'Clients cannot block conversations here.');
  }
  return {
    cid: requiredCid(srcCid),
    clients: clientIds(toPids),
    signature: signatureOf(blacklistMessage ?? {}),
  };
}

function partly(srcCid: string, result: PartialResult): BlacklistCommand {
  refuseIfNothingSucceeded(result);
  return {
    srcCid,
    allowedPids: [...result.succeeded],
    ...(result.refused.length > 0 && { failedPids: failedPids(result.refused) }),
  };
}
