import type { Statements } from '../statements.ts';
import type { ConversationTails } from './conversation-tails.ts';
import type { MessageIndex } from './message-index.ts';
import type { SendTokens } from './send-tokens.ts';

/**
 * Reads back into memory what was there when the process ended: the end of the log, as far as it is not in the index or
 * in a run of tokens. Some of it may be in the index, because somebody asked for it.
 */
export function recover(
  sql: Statements,
  {
    tails,
    index,
    tokens,
  }: {
    readonly tails: ConversationTails;
    readonly index: MessageIndex;
    readonly tokens: SendTokens;
  },
): void {
  const { indexedTo } = index;
  const { writtenTo } = tokens;
  const rows = sql.iterate(
    'SELECT row, conversation, seq, timestamp, sender, token FROM message WHERE row > ? ORDER BY row',
    Math.min(indexedTo, writtenTo),
  );
  for (const found of rows) {
    const row = Number(found.row);
    const message = {
      conversation: Number(found.conversation),
      sender: found.sender as string,
      timestamp: Number(found.timestamp),
    };
    if (row > writtenTo) {
      const token = found.token as string | null;
      tokens.add(row, { ...message, ...(token !== null && { token }) });
    }
    if (row <= indexedTo) continue;
    // What is left of a conversation that is deleted has been indexed before.
    const tail = tails.of(message.conversation);
    if (tail !== undefined) index.add(tail, { ...message, row, seq: Number(found.seq) });
  }
  index.recoveredTo(index.newestRow);
}
