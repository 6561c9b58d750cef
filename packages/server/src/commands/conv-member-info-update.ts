import { CommandType, OpType } from '@parley/protocol';
import { ImError } from '../domain/errors.ts';
import { changeRole } from '../domain/moderation/change-role.ts';
import type { CommandRow } from './command.ts';
import { convCid, requiredCid } from './fields.ts';

/** Gives a member another role (`wire-protocol §4.7`). */
export const convMemberInfoUpdate: CommandRow = {
  cmd: CommandType.conv,
  op: OpType.member_info_update,
  rate: 'operation',
  writesTo: convCid,
  handle: async ({ world, actor, command }) => {
    const { cid, targetClientId, info } = command.convMessage ?? {};
    await changeRole(world, actor, {
      conversation: requiredCid(cid),
      client: targetClientId ?? info?.pid ?? '',
      role: roleNamed(info?.role),
    });
    return { cmd: CommandType.conv, op: OpType.member_info_updated, convMessage: { cid: cid ?? '' } };
  },
};

function roleNamed(name: string | undefined): 'manager' | 'member' {
  switch (name) {
    case 'Manager':
      return 'manager';
    case 'Member':
      return 'member';
    case 'Owner':
      throw new ImError('OWNER_PROMOTION_NOT_ALLOWED', 'A conversation has one owner: its creator.');
    default:
      throw new ImError('UNKNOWN_CONVERSATION_ROLE', `${name ?? 'No role'} is not Manager or Member.`);
  }
}
