import type { GenericCommand } from '@parley/protocol';
import { ack } from './ack.ts';
import { blacklistBlock, blacklistCheck, blacklistQuery, blacklistUnblock } from './blacklist.ts';
import type { CommandRow } from './command.ts';
import { convAdd } from './conv-add.ts';
import { convCount } from './conv-count.ts';
import { convIsMember } from './conv-is-member.ts';
import { convMaxRead } from './conv-max-read.ts';
import { convMemberInfoUpdate } from './conv-member-info-update.ts';
import { convMembers } from './conv-members.ts';
import { convMute, convUnmute } from './conv-mute.ts';
import { convQuery } from './conv-query.ts';
import { convRemove } from './conv-remove.ts';
import { convAddShutup, convCheckShutup, convQueryShutup, convRemoveShutup } from './conv-shutup.ts';
import { convStart } from './conv-start.ts';
import { convUpdate } from './conv-update.ts';
import { direct } from './direct.ts';
import { logs } from './logs.ts';
import { patch } from './patch.ts';
import { read } from './read.ts';
import { report } from './report.ts';
import { sessionClose } from './session-close.ts';
import { sessionQuery } from './session-query.ts';
import { sessionRefresh } from './session-refresh.ts';

/**
 * Every command of an open session. Commands legal without one (`session/open`, `login`, `logout`, `echo`) are
 * served by the connection itself.
 */
const rows: readonly CommandRow[] = [
  sessionQuery,
  sessionRefresh,
  sessionClose,
  convStart,
  convAdd,
  convRemove,
  convUpdate,
  convQuery,
  convCount,
  convMembers,
  convMute,
  convUnmute,
  convIsMember,
  convMaxRead,
  direct,
  ack,
  read,
  logs,
  patch,
  convMemberInfoUpdate,
  convAddShutup,
  convRemoveShutup,
  convQueryShutup,
  convCheckShutup,
  blacklistBlock,
  blacklistUnblock,
  blacklistQuery,
  blacklistCheck,
  report,
];

/** The row that serves a command; commands without operation are found whatever operation C# adds to them. */
export function rowFor(command: GenericCommand): CommandRow | undefined {
  const operations = byCommand.get(command.cmd ?? -1);
  return operations?.get(command.op) ?? operations?.get(undefined);
}

const byCommand = new Map<number, Map<number | undefined, CommandRow>>();
for (const row of rows) {
  const operations = byCommand.get(row.cmd) ?? new Map<number | undefined, CommandRow>();
  byCommand.set(row.cmd, operations.set(row.op, row));
}
