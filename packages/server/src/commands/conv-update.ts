import { CommandType, OpType } from '@parley/protocol';
import { updateConversation } from '../domain/conversation/update-conversation.ts';
import { ImError } from '../domain/errors.ts';
import { isoDate } from '../pushes/wire-values.ts';
import type { CommandRow } from './command.ts';
import { convCid, jsonObject, requiredCid } from './fields.ts';

/** Changes attributes; Swift and ObjC fail without `attrModified` in the reply (`wire-protocol §4.4`). */
export const convUpdate: CommandRow = {
  cmd: CommandType.conv,
  op: OpType.update,
  rate: 'operation',
  writesTo: convCid,
  handle: async ({ world, actor, command }) => {
    const { cid, attr } = command.convMessage ?? {};
    const update = jsonObject(
      attr?.data,
      (detail) => new ImError('CONVERSATION_UPDATE_FAILED', `Field attr: ${detail}`),
    );
    const { conversation, resulting } = await updateConversation(world, actor, requiredCid(cid), update);
    return {
      cmd: CommandType.conv,
      op: OpType.updated,
      convMessage: {
        cid: conversation.id,
        udate: isoDate(conversation.updatedAt),
        attrModified: { data: JSON.stringify(resulting) },
      },
    };
  },
};
