import { CommandType, OpType } from '@parley/protocol';
import { onlineClients } from '../domain/presence/online-clients.ts';
import type { CommandRow } from './command.ts';

/** Which of the given clients are online (`wire-protocol §4.1.9`). */
export const sessionQuery: CommandRow = {
  cmd: CommandType.session,
  op: OpType.query,
  rate: 'operation',
  handle: async ({ world, actor, command }) => ({
    cmd: CommandType.session,
    op: OpType.query_result,
    sessionMessage: {
      onlineSessionPeerIds: [
        ...onlineClients(world, actor.app, command.sessionMessage?.sessionPeerIds ?? []),
      ],
    },
  }),
};
