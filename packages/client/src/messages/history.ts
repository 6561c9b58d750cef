import { CommandType, type LogsCommand, QueryDirection } from '@parley/protocol/wire';
import type { Conversation } from '../conversations/conversation.ts';
import type { Core } from '../core.ts';
import { askAnew } from '../session/ask-anew.ts';
import type { Message } from './message.ts';
import type { MessageType } from './typed-message.ts';

export interface HistoryOptions {
  /** `older` begins with the newest message and goes back; `newer` begins with the oldest. Default: `older`. */
  readonly direction?: 'older' | 'newer';
  /** Where to begin: behind this message, or at this moment. */
  readonly from?: Message | Date;
  /** Where to end, this one excluded. */
  readonly until?: Message | Date;
  /** Only messages of this type. */
  readonly type?: Pick<MessageType, 'type'>;
  /** How many to ask for at once. Default: 50; at most 1000. */
  readonly pageSize?: number;
}

/** One page: the messages next to `from`, always oldest first. */
export interface PageRequest extends Omit<HistoryOptions, 'pageSize'> {
  readonly limit: number;
}

const PAGE = 50;
/** Servers give no more at once; a page that is shorter than asked for is the last one. */
const LONGEST_PAGE = 1_000;

export const pageSizeOf = (wanted: number) => Math.min(Math.max(Math.trunc(wanted), 1), LONGEST_PAGE);

/** Message by message, as far as somebody reads on. */
export async function* readHistory(
  core: Core,
  conversation: Conversation,
  options: HistoryOptions = {},
): AsyncGenerator<Message> {
  const { pageSize = PAGE, direction = 'older' } = options;
  const limit = pageSizeOf(pageSize);
  let { from } = options;
  for (;;) {
    const page = await fetchPage(core, conversation, { ...options, ...(from && { from }), direction, limit });
    const inOrder = direction === 'older' ? [...page].reverse() : page;
    yield* inOrder;
    from = inOrder.at(-1);
    if (page.length < limit) return;
  }
}

export async function fetchPage(
  core: Core,
  conversation: Conversation,
  request: PageRequest,
): Promise<readonly Message[]> {
  const { direction = 'older', from, until, type, limit } = request;
  const start = position(from);
  const end = position(until);
  const logsMessage: LogsCommand = {
    cid: conversation.id,
    l: limit,
    direction: direction === 'older' ? QueryDirection.OLD : QueryDirection.NEW,
    ...(start && { t: start.timestamp, mid: start.id }),
    ...(end && { tt: end.timestamp, tmid: end.id }),
    ...(type && { lctype: type.type }),
  };
  const reply = await askAnew(core.session, { cmd: CommandType.logs, logsMessage });
  const messages = (reply.logsMessage?.logs ?? []).map((item) => core.parser.fromLog(conversation.id, item));
  const newest = messages.at(-1);
  core.messages.acknowledgements.read(conversation, newest?.timestamp);
  if (newest !== undefined && endsWithNewest(request, messages.length)) conversation.applyMessage(newest);
  return messages;
}

/** Whether the last message of the page is the last of the conversation. */
function endsWithNewest(
  { direction = 'older', from, until, type, limit }: PageRequest,
  length: number,
): boolean {
  if (type !== undefined) return false;
  return direction === 'older' ? from === undefined : until === undefined && length < limit;
}

function position(
  where: Message | Date | undefined,
): { timestamp: number; id?: string | undefined } | undefined {
  if (where === undefined) return undefined;
  return where instanceof Date
    ? { timestamp: where.getTime() }
    : { timestamp: where.timestamp, id: where.id };
}
