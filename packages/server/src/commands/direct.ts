import { hash } from 'node:crypto';
import { CommandType, type DirectCommand } from '@parley/protocol';
import { ImError } from '../domain/errors.ts';
import type { MessagePriority } from '../domain/events.ts';
import type { SendMessage } from '../domain/message/message-to-send.ts';
import { sendMessage } from '../domain/message/send-message.ts';
import { messageIdAt } from '../domain/ports/message-id.ts';
import type { CommandRow, Reply } from './command.ts';
import { clientIds } from './fields.ts';

const MAX_TOKEN_LENGTH = 128;

/** Sends a message (`wire-protocol §4.9`). */
export const direct: CommandRow = {
  cmd: CommandType.direct,
  rate: 'message',
  writesTo: (command) => command.directMessage?.cid,
  handle: async ({ world, actor, command, orderIsKept }) => {
    try {
      const sent = await sendMessage(
        world,
        actor,
        sendRequest(command.directMessage ?? {}, command.priority),
        orderIsKept,
      );
      return { cmd: CommandType.ack, ackMessage: { uid: sent.id, t: sent.timestamp } };
    } catch (error) {
      return failedAck(error, world.clock.now());
    }
  },
};

/** Also a refused message has an id and a time: a Swift test reads them (`wire-protocol §4.9.2`). */
export function failedAck(error: unknown, now: number): Reply {
  const refusal = error instanceof ImError ? error : undefined;
  if (refusal === undefined) throw error;
  return {
    cmd: CommandType.ack,
    ackMessage: {
      code: refusal.code,
      reason: refusal.reason,
      uid: messageIdAt(now),
      t: now,
      ...(refusal.appCode !== undefined && { appCode: refusal.appCode }),
      ...(refusal.appMsg !== undefined && { appMsg: refusal.appMsg }),
    },
  };
}

function sendRequest(message: DirectCommand, priority: number | undefined): SendMessage {
  const { cid, msg, binaryMsg, dt, pushData } = message;
  if (cid === undefined || cid === '') {
    throw new ImError('INVALID_MESSAGING_TARGET', 'The message names no conversation (field cid).');
  }
  return {
    conversation: cid,
    body: binaryMsg ?? msg ?? '',
    kind: message.will === true ? 'will' : message.transient === true ? 'transient' : 'stored',
    receipt: message.r === true,
    mentions: [...new Set(clientIds(message.mentionPids))],
    mentionAll: message.mentionAll === true,
    priority: priorityOf(priority),
    ...(dt !== undefined && dt !== '' && { token: tokenOf(dt) }),
    ...(pushData !== undefined && { pushData }),
  };
}

/** What the store keeps of a token: all of it, or what stands for all of it. Cut off, two tokens might be one. */
function tokenOf(dt: string): string {
  return dt.length <= MAX_TOKEN_LENGTH ? dt : hash('sha256', dt);
}

function priorityOf(wire: number | undefined): MessagePriority {
  if (wire === 1) return 'high';
  return wire === 3 ? 'low' : 'normal';
}
