import { CommandType, type ConvCommand, OpType } from '@parley/protocol';
import { type StartConversation, startConversation } from '../domain/conversation/start-conversation.ts';
import { ImError } from '../domain/errors.ts';
import { isoDate, temporaryFields } from '../pushes/wire-values.ts';
import type { CommandRow } from './command.ts';
import { clientIds, jsonObject, signatureOf } from './fields.ts';

/** Creates a conversation, or finds the unique one (`wire-protocol §4.2`). */
export const convStart: CommandRow = {
  cmd: CommandType.conv,
  op: OpType.start,
  rate: 'operation',
  handle: async ({ world, actor, command }) => {
    const message = command.convMessage ?? {};
    const signature = signatureOf(message);
    const { conversation, existing } = await startConversation(world, actor, {
      kind: kindOf(message),
      members: clientIds(message.m),
      attributes: jsonObject(
        message.attr?.data,
        (detail) => new ImError('CONVERSATION_UPDATE_FAILED', `Field attr: ${detail}`),
      ),
      unique: message.unique === true,
      ...(message.tempConvTTL !== undefined && { ttl: message.tempConvTTL }),
      ...(signature !== undefined && { signature }),
    });
    return {
      cmd: CommandType.conv,
      op: OpType.started,
      convMessage: {
        cid: conversation.id,
        cdate: isoDate(conversation.createdAt),
        udate: isoDate(conversation.updatedAt),
        ...(conversation.uniqueId !== undefined && { uniqueId: conversation.uniqueId }),
        ...(existing && { existing: true }),
        ...(conversation.kind === 'chat-room' && { transient: true }),
        ...temporaryFields(conversation),
      },
    };
  },
};

/** Java may ask for a unique chat room, C# always writes `unique`: the chat room wins. */
function kindOf(message: ConvCommand): StartConversation['kind'] {
  if (message.transient === true) return 'chat-room';
  return message.tempConv === true ? 'temporary' : 'basic';
}
