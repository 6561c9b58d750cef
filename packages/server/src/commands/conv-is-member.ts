import { CommandType, OpType } from '@parley/protocol';
import { ImError } from '../domain/errors.ts';
import { checkMembership } from '../domain/membership/check-membership.ts';
import type { CommandRow } from './command.ts';

const MAX_ASKED = 100;

/** Of each conversation, whether the client is in it (`wire-protocol §4.6`). */
export const convIsMember: CommandRow = {
  cmd: CommandType.conv,
  op: OpType.is_member,
  rate: 'operation',
  outdatedBy: CommandType.conv,
  handle: async ({ world, actor, command }) => {
    const cids = command.convMessage?.cids ?? [];
    if (cids.length > MAX_ASKED) {
      throw new ImError('CONVERSATION_QUERY_FAILED', `Ask about at most ${MAX_ASKED} conversations at once.`);
    }
    const answer = await checkMembership(world, actor.app, actor.client, cids);
    return {
      cmd: CommandType.conv,
      op: OpType.is_member,
      convMessage: { results: { data: JSON.stringify(answer) } },
    };
  },
};
