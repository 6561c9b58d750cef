import { CommandType, OpType } from '@parley/protocol';
import type { CommandRow } from './command.ts';

/** Logout. The connection stays open; `code` and `reason` stay absent (`wire-protocol §4.1.6`). */
export const sessionClose: CommandRow = {
  cmd: CommandType.session,
  op: OpType.close,
  // Whoever did too much in this minute must still be able to leave.
  rate: 'free',
  handle: async ({ sessions, session, actor }) => {
    await sessions.close(actor.app, session);
    return { cmd: CommandType.session, op: OpType.closed, sessionMessage: {} };
  },
};
