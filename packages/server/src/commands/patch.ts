import { CommandType, OpType, type PatchItem } from '@parley/protocol';
import { ImError } from '../domain/errors.ts';
import type { PatchMessage } from '../domain/message/message-to-patch.ts';
import { patchMessage } from '../domain/message/patch-message.ts';
import type { CommandRow } from './command.ts';
import { clientIds, requiredCid } from './fields.ts';

/** Edits or recalls a message; Swift needs the patch time in the reply (`wire-protocol §4.13`). */
export const patch: CommandRow = {
  cmd: CommandType.patch,
  op: OpType.modify,
  rate: 'message',
  writesTo: (command) => command.patchMessage?.patches?.[0]?.cid,
  handle: async ({ world, actor, command }) => {
    const [item, ...others] = command.patchMessage?.patches ?? [];
    if (item === undefined) throw new ImError('MESSAGE_NOT_FOUND', 'The command names no message to change.');
    // No SDK sends more; each counts as a message (`wire-protocol §0.4`) and waits for its own conversation.
    if (others.length > 0)
      throw new ImError('MESSAGE_NOT_FOUND', 'A command changes one message; send several.');
    const { patchedAt = 0 } = await patchMessage(world, actor, patchRequest(item));
    return { cmd: CommandType.patch, op: OpType.modified, patchMessage: { lastPatchTime: patchedAt } };
  },
};

function patchRequest(item: PatchItem): PatchMessage {
  return {
    conversation: requiredCid(item.cid),
    id: item.mid ?? '',
    change:
      item.recall === true
        ? { action: 'recall' }
        : {
            action: 'edit',
            body: item.binaryMsg ?? item.data ?? '',
            mentions: [...new Set(clientIds(item.mentionPids))],
            mentionAll: item.mentionAll === true,
          },
    ...(item.timestamp !== undefined && item.timestamp > 0 && { timestampHint: item.timestamp }),
  };
}
