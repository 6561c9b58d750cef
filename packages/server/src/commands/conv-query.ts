import { CommandType, type ConvCommand, OpType } from '@parley/protocol';
import {
  loadTemporaryConversations,
  queryConversations,
} from '../domain/conversation/query-conversations.ts';
import { ImError } from '../domain/errors.ts';
import type { ClientId } from '../domain/identifiers.ts';
import type { SeenConversation } from '../domain/service-conversation/services-as-seen.ts';
import type { CommandContext, CommandRow } from './command.ts';
import { conversationJson } from './conversation-json.ts';
import { jsonObject } from './fields.ts';

const COMPACT = 1;
const WITH_LAST_MESSAGE = 2;
const MAX_BYTES = 4 * 1024 * 1024;

/** `results` is always there, `[]` included: SDKs parse it unconditionally (`wire-protocol §4.5`). */
export const convQuery: CommandRow = {
  cmd: CommandType.conv,
  op: OpType.query,
  rate: 'free',
  outdatedBy: CommandType.conv,
  searches: () => true,
  handle: async (context) => {
    const message = context.command.convMessage ?? {};
    const compact = ((message.flag ?? 0) & COMPACT) !== 0;
    const found = await find(context, message);
    return {
      cmd: CommandType.conv,
      op: OpType.results,
      convMessage: { results: { data: textOf(found, context.actor.client, compact) } },
    };
  },
};

/** A connection that is owed more than it can take is cut, and its client would come back with the same query. */
function textOf(found: readonly SeenConversation[], client: ClientId, compact: boolean): string {
  const texts: string[] = [];
  let bytes = 0;
  for (const one of found) {
    const text = JSON.stringify(conversationJson(one, client, compact));
    texts.push(text);
    bytes += Buffer.byteLength(text);
    if (bytes > MAX_BYTES) {
      throw new ImError(
        'CONVERSATION_QUERY_FAILED',
        `The conversations found are more than ${MAX_BYTES / 1024 / 1024} MiB; ask for fewer, or without members.`,
      );
    }
  }
  return `[${texts.join(',')}]`;
}

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
