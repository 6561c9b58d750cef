import { CommandType, OpType } from '@parley/protocol';
import type { CommandRow } from './command.ts';

/** A new token for a session that is open, whatever the age of the old one (`wire-protocol §4.1.5`). */
export const sessionRefresh: CommandRow = {
  cmd: CommandType.session,
  op: OpType.refresh,
  rate: 'free',
  handle: async ({ sessions, session, actor }) => {
    const { token, ttl } = sessions.issueToken(actor.app, session);
    return { cmd: CommandType.session, op: OpType.refreshed, sessionMessage: { st: token, stTtl: ttl } };
  },
};
