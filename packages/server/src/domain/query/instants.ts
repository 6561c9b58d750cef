import type { Milliseconds } from '../identifiers.ts';
import { isJsonObject } from '../json.ts';
import type { DateValue } from './condition.ts';

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * Reads an ISO 8601 moment; without a zone it is UTC, whatever the zone of the server.
 *
 * @example
 * parseInstant('2025-06-15T15:06:40.123Z'); // 1750000000123
 * parseInstant('yesterday');                // undefined
 */
export function parseInstant(text: string): Milliseconds | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const complete = text.length > 10 && match[1] === undefined ? `${text}Z` : text;
  const instant = Date.parse(complete);
  return Number.isNaN(instant) ? undefined : instant;
}

/** The moment a server date or a stored `{"__type":"Date","iso":…}` stands for; `undefined` for all else. */
export function instantOf(value: unknown): Milliseconds | undefined {
  if (value instanceof Date) return value.getTime();
  if (!isJsonObject(value) || value.__type !== 'Date') return undefined;
  const iso = value.iso;
  return typeof iso === 'string' ? parseInstant(iso) : undefined;
}

/** Whether a value of a condition is a moment. */
export function isDateValue(value: unknown): value is DateValue {
  return isJsonObject(value) && typeof value.date === 'number' && Object.keys(value).length === 1;
}
