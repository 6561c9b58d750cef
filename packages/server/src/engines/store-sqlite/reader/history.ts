import type { StoredMessage } from '../../../domain/message/message.ts';
import type { HistoryBound, HistoryRange } from '../../../domain/ports/store.ts';
import { MESSAGE_COLUMNS, messageOf } from '../rows.ts';
import type { Statements } from '../statements.ts';

/** A page of history: one walk along the index on (conversation, timestamp). */
export function readHistory(sql: Statements, range: HistoryRange): readonly StoredMessage[] {
  const older = range.direction === 'older';
  const { conditions, parameters } = rangeConditions(range);
  if (range.type !== undefined) {
    conditions.push('type = ?');
    parameters.push(range.type);
  }
  const rows = sql.all(
    `SELECT ${MESSAGE_COLUMNS} FROM ordered_message WHERE ${['conversation = ?', ...conditions].join(' AND ')}
      ORDER BY timestamp ${older ? 'DESC' : 'ASC'} LIMIT ?`,
    range.conversation,
    ...parameters,
    range.limit,
  );
  const messages = rows.map(messageOf);
  return older ? messages.reverse() : messages;
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
