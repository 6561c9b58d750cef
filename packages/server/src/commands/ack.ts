import { type AckCommand, CommandType } from '@parley/protocol';
import { acknowledgeMessages } from '../domain/message/acknowledge-messages.ts';
import type { Acknowledgement } from '../domain/ports/member-states.ts';
import type { CommandRow } from './command.ts';

/** A device received messages: one (`mid`), or a range of times (`fromts`, `tots`). Never answered (`wire-protocol §4.9.4`). */
export const ack: CommandRow = {
  cmd: CommandType.ack,
  rate: 'free',
  handle: async ({ world, actor, command }) => {
    const message = command.ackMessage ?? {};
    const what = acknowledgement(message);
    if (message.cid !== undefined && what !== undefined) {
      await acknowledgeMessages(world, actor, message.cid, what);
    }
    return undefined;
  },
};

function acknowledgement(message: AckCommand): Acknowledgement | undefined {
  if (message.mid !== undefined && message.mid !== '') return { id: message.mid };
  if (message.tots === undefined || message.tots <= 0) return undefined;
  return { upTo: message.tots, ...(message.fromts !== undefined && { from: message.fromts }) };
}
