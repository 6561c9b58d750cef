import { CommandType, OpType } from '@parley/protocol';
import type { CommandRow } from './command.ts';

/**
 * A device reports its push token, which is its name from now on: Swift and ObjC reopen under it, and must not be in
 * conflict with themselves (`wire-protocol §4.1.10`). Swift asserts the answer.
 */
export const report: CommandRow = {
  cmd: CommandType.report,
  op: OpType.upload,
  rate: 'operation',
  handle: async ({ sessions, session, actor, command }) => {
    const { type, data } = command.reportMessage ?? {};
    if (type === 'token' && data !== undefined && data !== '')
      sessions.renameDevice(actor.app, session, data);
    return { cmd: CommandType.report, op: OpType.uploaded };
  },
};
