import type { ClientId } from '../identifiers.ts';
import type { StoredMessage } from '../message/message.ts';
import type { ConversationRef } from '../ports/conversations.ts';
import type { HistoryBound, HistoryRange } from '../ports/messages.ts';
import type { ServiceLogs } from '../ports/services.ts';
import type { World } from '../world.ts';

type Range = Omit<HistoryRange, 'conversation' | 'seenBy'>;

/**
 * What one client sees of a service: what was said to all subscribers, to everybody and to it alone, and what it said
 * itself, in one order by (timestamp, id). Never what others said (F-SYS-17), nor what is hidden from it.
 *
 * @param among the logs to read; absent: all the client sees. Broadcasts to everybody are not in REST history.
 * @returns oldest first
 */
export async function readServiceHistory(
  world: World,
  service: ConversationRef,
  client: ClientId,
  range: Range,
  among: readonly (keyof ServiceLogs)[] = ['subscribers', 'own', 'everyone'],
): Promise<readonly StoredMessage[]> {
  const logs = await world.store.services.logsOf(service, client);
  const pages = await Promise.all(
    among.flatMap((kind) => {
      const conversation = logs[kind];
      if (conversation === undefined) return [];
      return readLog(world, { ...range, conversation, ...(kind === 'subscribers' && { seenBy: client }) });
    }),
  );
  const merged = pages
    .flat()
    .sort(byPlace)
    .filter((message) => isWithin(message, range));
  return range.direction === 'older'
    ? merged.slice(Math.max(0, merged.length - range.limit))
    : merged.slice(0, range.limit);
}

/** The newest message the client sees. */
export async function lastServiceMessage(
  world: World,
  service: ConversationRef,
  client: ClientId,
): Promise<StoredMessage | undefined> {
  const [last] = await readServiceHistory(world, service, client, { direction: 'older', limit: 1 });
  return last;
}

/**
 * Two logs may each have a message of the same moment, and the place named may be in another log. So each is read with
 * the moment included and one message more: at most that one is sorted out again.
 */
function readLog(world: World, { start, end, ...range }: HistoryRange): Promise<readonly StoredMessage[]> {
  return world.store.messages.history({
    ...range,
    limit: range.limit + 1,
    ...(start !== undefined && { start: { timestamp: start.timestamp, included: true } }),
    ...(end !== undefined && { end: { timestamp: end.timestamp, included: true } }),
  });
}

function isWithin(message: StoredMessage, { direction, start, end }: Range): boolean {
  const [lower, upper] = direction === 'older' ? [end, start] : [start, end];
  return (
    (lower === undefined || isBeyond(message, lower, 1)) &&
    (upper === undefined || isBeyond(message, upper, -1))
  );
}

function isBeyond(message: StoredMessage, { timestamp, id, included }: HistoryBound, side: 1 | -1): boolean {
  const byTime = message.timestamp - timestamp;
  const byId = id === undefined ? 0 : compare(message.id, id);
  const order = (byTime === 0 ? byId : byTime) * side;
  return order > 0 || (order === 0 && included);
}

function byPlace(a: StoredMessage, b: StoredMessage): number {
  return a.timestamp - b.timestamp || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
