import { CommandType } from '@parley/protocol';
import type { CommandContext, CommandRow, Reply } from './command.ts';

/** Milliseconds for which something is read again: what changes all the time must not keep the answer back for ever. */
const PATIENCE = 500;

/** What a command is answered: nothing that is older than what the session was told meanwhile. */
export async function answer(row: CommandRow, context: CommandContext): Promise<Reply | undefined> {
  const { session, world } = context;
  const { outdatedBy } = row;
  if (outdatedBy === undefined) {
    const reply = await row.handle(context);
    if (row.writesTo !== undefined) session.tell(pushesOf(row));
    return reply;
  }
  const deadline = world.clock.elapsed() + PATIENCE;
  for (;;) {
    const toldBefore = session.told(outdatedBy);
    const reply = await row.handle(context);
    if (session.told(outdatedBy) === toldBefore || world.clock.elapsed() > deadline) return reply;
  }
}

/** The command of the pushes by which the others hear of what it changed. */
function pushesOf({ cmd }: CommandRow): number {
  return cmd === CommandType.blacklist ? CommandType.conv : cmd;
}
