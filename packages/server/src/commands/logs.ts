import { CommandType, type LogItem, type LogsCommand } from '@parley/protocol';
import type { ConversationKind } from '../domain/conversation/conversation.ts';
import type { StoredMessage } from '../domain/message/message.ts';
import { type ReadHistory, readHistory } from '../domain/message/read-history.ts';
import type { HistoryBound } from '../domain/ports/messages.ts';
import { wireKind } from '../pushes/wire-values.ts';
import type { CommandRow } from './command.ts';
import { requiredCid } from './fields.ts';

const NEW = 2;

/** A page of history, oldest first in both directions (`wire-protocol §4.12`). */
export const logs: CommandRow = {
  cmd: CommandType.logs,
  rate: 'history',
  outdatedBy: CommandType.patch,
  // A page of any type is one walk along an index.
  searches: ({ logsMessage }) => logsMessage?.lctype !== undefined,
  handle: async ({ world, actor, command }) => {
    const { conversation, messages } = await readHistory(
      world,
      actor,
      historyRequest(command.logsMessage ?? {}),
    );
    return {
      cmd: CommandType.logs,
      logsMessage: { logs: messages.map((message) => logItem(message, conversation.kind)) },
    };
  },
};

function historyRequest(message: LogsCommand): ReadHistory {
  const limit = message.l ?? message.limit;
  const start = bound(message.t, message.mid, message.tIncluded);
  const end = bound(message.tt, message.tmid, message.ttIncluded);
  return {
    conversation: requiredCid(message.cid),
    direction: message.direction === NEW ? 'newer' : 'older',
    ...(limit !== undefined && { limit }),
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    ...(message.lctype !== undefined && { type: message.lctype }),
  };
}

/** A time that is not positive counts as absent, an empty id too (`wire-protocol §4.12`). */
function bound(
  timestamp: number | undefined,
  id: string | undefined,
  included: boolean | undefined,
): HistoryBound | undefined {
  if (timestamp === undefined || timestamp <= 0) return undefined;
  return { timestamp, included: included === true, ...(id !== undefined && id !== '' && { id }) };
}

function logItem(message: StoredMessage, kind: ConversationKind): LogItem {
  const binary = typeof message.body !== 'string';
  return {
    from: message.sender,
    data: binary ? Buffer.from(message.body as Uint8Array).toString('base64') : (message.body as string),
    timestamp: message.timestamp,
    msgId: message.id,
    convType: wireKind(kind),
    ...(binary && { bin: true }),
    ...(message.deliveredAt !== undefined && { ackAt: message.deliveredAt }),
    ...(message.readAt !== undefined && { readAt: message.readAt }),
    ...(message.patchedAt !== undefined && { patchTimestamp: message.patchedAt }),
    ...(message.mentionAll && { mentionAll: true }),
    ...(message.mentions.length > 0 && { mentionPids: [...message.mentions] }),
  };
}
