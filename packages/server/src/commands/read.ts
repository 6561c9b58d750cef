import { CommandType, type ReadCommand } from '@parley/protocol';
import { markRead, type ReadMark } from '../domain/unread/mark-read.ts';
import type { CommandRow } from './command.ts';

const MAX_MARKS = 1000;

/** Moves read positions. Never answered, also when Java sends a request id (`wire-protocol §4.11.1`). */
export const read: CommandRow = {
  cmd: CommandType.read,
  rate: 'free',
  handle: async ({ world, actor, command }) => {
    await markRead(world, actor, marks(command.readMessage ?? {}).slice(0, MAX_MARKS));
    return undefined;
  },
};

function marks(message: ReadCommand): readonly ReadMark[] {
  const tuples = (message.convs ?? []).flatMap(({ cid, mid, timestamp }) =>
    cid === undefined
      ? []
      : {
          conversation: cid,
          position: {
            ...(mid !== undefined && mid !== '' && { id: mid }),
            ...(timestamp !== undefined && timestamp > 0 && { timestamp }),
          },
        },
  );
  const whole = [...(message.cids ?? []), ...(message.cid !== undefined ? [message.cid] : [])];
  return [...tuples, ...whole.map((conversation) => ({ conversation, position: {} }))];
}
