import { CommandType, OpType, type PatchItem } from '@parley/protocol';
import { ImError } from '../domain/errors.ts';
import { type PatchMessage, patchMessage } from '../domain/message/patch-message.ts';
import type { CommandRow } from './command.ts';
import { clientIds, requiredCid } from './fields.ts';

/** Edits or recalls a message; Swift needs the patch time in the reply (`wire-protocol §4.13`). */
export const patch: CommandRow = {
  cmd: CommandType.patch,
  op: OpType.modify,
  rate: 'message',
  writesTo: (command) => command.patchMessage?.patches?.[0]?.cid,
  handle: async ({ world, actor, command }) => {
    const items = command.patchMessage?.patches ?? [];
    if (items.length === 0) throw new ImError('MESSAGE_NOT_FOUND', 'The command names no message to change.');
    let lastPatchTime = 0;
    for (const item of items) {
      const message = await patchMessage(world, actor, patchRequest(item));
      lastPatchTime = Math.max(lastPatchTime, message.patchedAt ?? 0);
    }
    return { cmd: CommandType.patch, op: OpType.modified, patchMessage: { lastPatchTime } };
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
