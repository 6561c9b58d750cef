import Type, { type Static } from 'typebox';
import type { JsonObject } from '../../domain/json.ts';
import type { HistoryBound, HistoryRange } from '../../domain/ports/messages.ts';
import { badParameter } from '../rest-error.ts';
import { Instant } from '../schemas.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

const MessageIdText = (description: string) => Type.String({ description, minLength: 1, maxLength: 64 });

/** Where to read in a log (`rest §3.13`). */
export const HistoryQuery = Type.Object({
  timestamp: Type.Optional(
    Instant('Start, in milliseconds. Absent: now, or the first message if `reversed`.'),
  ),
  msgid: Type.Optional(MessageIdText('Start message; needs `timestamp`.')),
  till_timestamp: Type.Optional(Instant('End, in milliseconds.')),
  till_msgid: Type.Optional(MessageIdText('End message; needs `till_timestamp`.')),
  include_start: Type.Optional(Type.Boolean()),
  include_stop: Type.Optional(Type.Boolean()),
  reversed: Type.Optional(Type.Boolean({ description: 'Oldest first, into the future.' })),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, description: `${DEFAULT_LIMIT} where absent, at most ${MAX_LIMIT}.` }),
  ),
});

/** @throws RestError 400 where a message is named without its time */
export function rangeOf(query: Static<typeof HistoryQuery>): Omit<HistoryRange, 'conversation'> {
  const start = boundOf('timestamp', query.timestamp, 'msgid', query.msgid, query.include_start);
  const end = boundOf(
    'till_timestamp',
    query.till_timestamp,
    'till_msgid',
    query.till_msgid,
    query.include_stop,
  );
  return {
    direction: query.reversed === true ? 'newer' : 'older',
    limit: Math.min(query.limit ?? DEFAULT_LIMIT, MAX_LIMIT),
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
  };
}

/** Stores hand out pages oldest first; callers read from the start of their range. */
export function inOrder(records: readonly JsonObject[], { direction }: Pick<HistoryRange, 'direction'>) {
  return direction === 'older' ? records.toReversed() : records;
}

function boundOf(
  timeName: string,
  timestamp: number | undefined,
  idName: string,
  id: string | undefined,
  included = false,
): HistoryBound | undefined {
  if (id !== undefined && timestamp === undefined) throw badParameter(`${idName} needs ${timeName}.`);
  if (timestamp === undefined) return undefined;
  return { timestamp, included, ...(id !== undefined && { id }) };
}
