import type { App } from '../app/app.ts';
import { ImError } from '../errors.ts';
import type { LoggedMessage, LogRange } from '../ports/messages.ts';
import { QueryTooSlow } from '../ports/query-too-slow.ts';
import { MAX_CLIENTS } from '../service-conversation/send-from-service.ts';
import type { World } from '../world.ts';

/** As often as one message may stand there: once for each client that a service sent it to. */
const MAX_COPIES = MAX_CLIENTS;
/** Milliseconds a caller waits for the log to be prepared. */
const BUDGET = 10_000;

/**
 * Messages of all conversations of an app, or those one client sent; oldest first (`rest §5.2.5`, `§5.3.6`). Copies of
 * one message are not divided: whoever goes on behind its time and id would miss the others. The first search of a large store is refused once or more, until what it searches is prepared.
 *
 * @throws ImError CONVERSATION_LOG_FAILED
 */
export async function readLog(
  world: World,
  app: App,
  range: Omit<LogRange, 'app' | 'budget'>,
): Promise<readonly LoggedMessage[]> {
  const { limit, direction } = range;
  try {
    const some = { ...range, app: app.key, budget: BUDGET, limit: limit + MAX_COPIES - 1 };
    return wholeCopies(await world.store.messages.log(some), limit, direction);
  } catch (error) {
    if (!(error instanceof QueryTooSlow)) throw error;
    throw new ImError(
      'CONVERSATION_LOG_FAILED',
      'The log is being prepared for searches; ask again in a while.',
    );
  }
}

/** The `limit` entries nearest to the start, and of their last message what else there is. */
function wholeCopies(
  log: readonly LoggedMessage[],
  limit: number,
  direction: LogRange['direction'],
): readonly LoggedMessage[] {
  const isSame = (a: LoggedMessage | undefined, b: LoggedMessage | undefined) =>
    a !== undefined && a.message.id === b?.message.id && a.message.timestamp === b.message.timestamp;
  if (direction === 'newer') {
    let end = Math.min(limit, log.length);
    while (isSame(log[end], log[end - 1])) end++;
    return log.slice(0, end);
  }
  let start = Math.max(0, log.length - limit);
  while (isSame(log[start - 1], log[start])) start--;
  return log.slice(start);
}
