import { CommandType, OpType } from '@parley/protocol';
import { muteConversation } from '../domain/conversation/mute-conversation.ts';
import { isoDate } from '../pushes/wire-values.ts';
import type { CommandRow } from './command.ts';
import { convCid, requiredCid } from './fields.ts';

export const convMute: CommandRow = muteRow(OpType.mute, true);
export const convUnmute: CommandRow = muteRow(OpType.unmute, false);

/** Answered with `updated`, which Java requires (`wire-protocol §4.6`). */
function muteRow(op: OpType, muted: boolean): CommandRow {
  return {
    cmd: CommandType.conv,
    op,
    rate: 'operation',
    writesTo: convCid,
    handle: async ({ world, actor, command }) => {
      const conversation = await muteConversation(world, actor, requiredCid(command.convMessage?.cid), muted);
      return {
        cmd: CommandType.conv,
        op: OpType.updated,
        convMessage: { cid: conversation.id, udate: isoDate(conversation.updatedAt) },
      };
    },
  };
}
