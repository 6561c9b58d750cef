import type { StoredMessage } from '../../../domain/message/message.ts';
import type { HistoryBound, HistoryRange } from '../../../domain/ports/store.ts';
import { MESSAGE_COLUMNS, messageOf } from '../rows.ts';
import type { Statements } from '../statements.ts';

/** A page of history: one walk along the index on (conversation, timestamp). */
export function readHistory(sql: Statements, range: HistoryRange): readonly StoredMessage[] {
  const older = range.direction === 'older';
  const lower = older ? range.end : range.start;
  const upper = older ? range.start : range.end;
  const conditions = ['conversation = ?'];
  const parameters: (number | string)[] = [range.conversation];
  if (lower !== undefined) bound(conditions, parameters, '>', lower);
  if (upper !== undefined) bound(conditions, parameters, '<', upper);
  if (range.type !== undefined) {
    conditions.push('type = ?');
    parameters.push(range.type);
  }
  const rows = sql.all(
    `SELECT ${MESSAGE_COLUMNS} FROM ordered_message WHERE ${conditions.join(' AND ')}
      ORDER BY timestamp ${older ? 'DESC' : 'ASC'} LIMIT ?`,
    ...parameters,
    range.limit,
  );
  const messages = rows.map(messageOf);
  return older ? messages.reverse() : messages;
}

/** Places compare as (timestamp, id); a place without id is its timestamp alone. */
function bound(
  conditions: string[],
  parameters: (number | string)[],
  beyond: '<' | '>',
  { timestamp, id, included }: HistoryBound,
): void {
  // The plain comparison of timestamps is what the index serves; the pair only sorts out ties.
  conditions.push(`timestamp ${beyond}= ?`);
  parameters.push(timestamp);
  if (id === undefined) {
    if (included) return;
    conditions.push('timestamp <> ?');
    parameters.push(timestamp);
    return;
  }
  conditions.push(`(timestamp <> ? OR id ${beyond}${included ? '=' : ''} ?)`);
  parameters.push(timestamp, id);
}
