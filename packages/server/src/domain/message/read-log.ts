import type { App } from '../app/app.ts';
import { ImError } from '../errors.ts';
import type { LoggedMessage, LogRange } from '../ports/messages.ts';
import { QueryTooSlow } from '../ports/query-too-slow.ts';
import type { World } from '../world.ts';

/** Milliseconds a caller waits for the log to be prepared. */
const BUDGET = 10_000;

/**
 * Messages of all conversations of an app, or those one client sent; oldest first (`rest §5.2.5`, `§5.3.6`). The first
 * search of a large store is refused once or more, until what it searches is prepared.
 *
 * @throws ImError CONVERSATION_LOG_FAILED
 */
export async function readLog(
  world: World,
  app: App,
  range: Omit<LogRange, 'app' | 'budget'>,
): Promise<readonly LoggedMessage[]> {
  try {
    return await world.store.messages.log({ ...range, app: app.key, budget: BUDGET });
  } catch (error) {
    if (!(error instanceof QueryTooSlow)) throw error;
    throw new ImError(
      'CONVERSATION_LOG_FAILED',
      'The log is being prepared for searches; ask again in a while.',
    );
  }
}
