import type { CommandContext, CommandRow, Reply } from './command.ts';

/** What changes all the time must not keep the answer back for ever. */
const MAX_READS = 4;

/** What a command is answered: nothing that is older than what the session was told meanwhile. */
export async function answer(row: CommandRow, context: CommandContext): Promise<Reply | undefined> {
  const { outdatedBy } = row;
  if (outdatedBy === undefined) return row.handle(context);
  const { session } = context;
  for (let reads = 1; ; reads++) {
    const toldBefore = session.told(outdatedBy);
    const reply = await row.handle(context);
    if (session.told(outdatedBy) === toldBefore || reads === MAX_READS) return reply;
  }
}
