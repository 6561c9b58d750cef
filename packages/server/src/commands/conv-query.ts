import { CommandType, type ConvCommand, OpType } from '@parley/protocol';
import {
  loadTemporaryConversations,
  queryConversations,
} from '../domain/conversation/query-conversations.ts';
import { ImError } from '../domain/errors.ts';
import type { CommandContext, CommandRow } from './command.ts';
import { conversationJson } from './conversation-json.ts';
import { jsonObject } from './fields.ts';

const COMPACT = 1;
const WITH_LAST_MESSAGE = 2;

/** `results` is always there, `[]` included: SDKs parse it unconditionally (`wire-protocol §4.5`). */
export const convQuery: CommandRow = {
  cmd: CommandType.conv,
  op: OpType.query,
  rate: 'free',
  searches: true,
  handle: async (context) => {
    const message = context.command.convMessage ?? {};
    const compact = ((message.flag ?? 0) & COMPACT) !== 0;
    const found = await find(context, message);
    const results = found.map((one) => conversationJson(one, context.actor.client, compact));
    return {
      cmd: CommandType.conv,
      op: OpType.results,
      convMessage: { results: { data: JSON.stringify(results) } },
    };
  },
};

function find({ world, actor }: CommandContext, message: ConvCommand) {
  const withLastMessage = ((message.flag ?? 0) & WITH_LAST_MESSAGE) !== 0;
  const temporary = message.tempConvIds ?? [];
  if (temporary.length > 0) return loadTemporaryConversations(world, actor, temporary, withLastMessage);
  return queryConversations(world, actor, {
    where: jsonObject(
      message.where?.data,
      (detail) => new ImError('CONVERSATION_QUERY_FAILED', `Field where: ${detail}`),
    ),
    withLastMessage,
    ...(message.sort !== undefined && { sort: message.sort }),
    ...(message.limit !== undefined && { limit: message.limit }),
    ...(message.skip !== undefined && { skip: message.skip }),
  });
}
