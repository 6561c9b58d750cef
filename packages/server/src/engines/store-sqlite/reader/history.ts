import type { StoredMessage } from '../../../domain/message/message.ts';
import type { HistoryBound, HistoryRange } from '../../../domain/ports/messages.ts';
import { QueryTooSlow } from '../../../domain/ports/query-too-slow.ts';
import { hasHidden, notHidden } from '../hidden-messages.ts';
import { MESSAGE_COLUMNS, messageOf } from '../rows.ts';
import type { Row, Statements } from '../statements.ts';

/** Messages that a search by type looks at between two looks at the clock. */
const MESSAGES_PER_LOOK = 2000;

/** A page of history: one walk along the index on (conversation, timestamp). @throws QueryTooSlow */
export function readHistory(sql: Statements, range: HistoryRange): readonly StoredMessage[] {
  const visible = visibility(sql, range);
  const rows =
    range.type === undefined
      ? walk(sql, range, range.limit, visible)
      : walkForType(sql, range, range.type, visible);
  const messages = rows.map(messageOf);
  return range.direction === 'older' ? messages.reverse() : messages;
}

type Condition = readonly [sql: string, parameter: number | string];

function visibility(sql: Statements, { conversation, seenBy }: HistoryRange): readonly Condition[] {
  if (seenBy === undefined || !hasHidden(sql, conversation, seenBy)) return [];
  return [[notHidden('ordered_message', '?'), seenBy]];
}

/** The nearest messages to the start that meet all conditions, the nearest first. */
function walk(
  sql: Statements,
  range: HistoryRange,
  limit: number,
  further: readonly Condition[],
): readonly Row[] {
  const { conditions, parameters } = rangeConditions(range);
  return sql.all(
    `SELECT ${MESSAGE_COLUMNS} FROM ordered_message
      WHERE ${['conversation = ?', ...conditions, ...further.map(([condition]) => condition)].join(' AND ')}
      ORDER BY timestamp ${range.direction === 'older' ? 'DESC' : 'ASC'} LIMIT ?`,
    range.conversation,
    ...parameters,
    ...further.map(([, parameter]) => parameter),
    limit,
  );
}

/** No index knows the types, so this may come to every message of a long conversation: in steps, while time lasts. */
function walkForType(
  sql: Statements,
  range: HistoryRange,
  type: number,
  visible: readonly Condition[],
): readonly Row[] {
  const { conversation, direction, start, limit, budget } = range;
  const [ahead, order] = direction === 'older' ? ['<', 'DESC'] : ['>', 'ASC'];
  const deadline = performance.now() + (budget ?? Number.POSITIVE_INFINITY);
  const found: Row[] = [];
  let reached = start?.timestamp ?? (direction === 'older' ? Number.MAX_SAFE_INTEGER : 0);
  let isFirst = true;
  for (;;) {
    if (performance.now() > deadline) throw new QueryTooSlow(`The search was given up after ${budget} ms.`);
    const beyond = isFirst ? `${ahead}=` : ahead;
    const last = sql.get(
      `SELECT timestamp FROM message_order WHERE conversation = ? AND timestamp ${beyond} ?
        ORDER BY timestamp ${order} LIMIT 1 OFFSET ?`,
      conversation,
      reached,
      MESSAGES_PER_LOOK - 1,
    );
    found.push(
      ...walk(sql, range, limit - found.length, [
        ...visible,
        ['type = ?', type],
        [`timestamp ${beyond} ?`, reached],
        ...(last === undefined
          ? []
          : [[direction === 'older' ? 'timestamp >= ?' : 'timestamp <= ?', Number(last.timestamp)] as const]),
      ]),
    );
    if (last === undefined || found.length >= limit || isBehind(Number(last.timestamp), range)) return found;
    reached = Number(last.timestamp);
    isFirst = false;
  }
}

/** Whether nothing of the range is beyond this moment. */
function isBehind(timestamp: number, { direction, end }: HistoryRange): boolean {
  if (end === undefined) return false;
  return direction === 'older' ? timestamp <= end.timestamp : timestamp >= end.timestamp;
}

/** @param table in front of the columns, with its dot */
export function rangeConditions(
  { direction, start, end }: Pick<HistoryRange, 'direction' | 'start' | 'end'>,
  table = '',
): { readonly conditions: string[]; readonly parameters: (number | string)[] } {
  const [lower, upper] = direction === 'older' ? [end, start] : [start, end];
  const conditions: string[] = [];
  const parameters: (number | string)[] = [];
  if (lower !== undefined) bound(conditions, parameters, table, '>', lower);
  if (upper !== undefined) bound(conditions, parameters, table, '<', upper);
  return { conditions, parameters };
}

/** Places compare as (timestamp, id); a place without id is its timestamp alone. */
function bound(
  conditions: string[],
  parameters: (number | string)[],
  table: string,
  beyond: '<' | '>',
  { timestamp, id, included }: HistoryBound,
): void {
  // The plain comparison of timestamps is what the index serves; the pair only sorts out ties.
  conditions.push(`${table}timestamp ${beyond}= ?`);
  parameters.push(timestamp);
  if (id === undefined) {
    if (included) return;
    conditions.push(`${table}timestamp <> ?`);
    parameters.push(timestamp);
    return;
  }
  conditions.push(`(${table}timestamp <> ? OR ${table}id ${beyond}${included ? '=' : ''} ?)`);
  parameters.push(timestamp, id);
}
