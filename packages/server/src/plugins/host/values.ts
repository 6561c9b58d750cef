import { isTooDeep } from '../../domain/hook/hook-answers.ts';
import type { JsonObject } from '../plugin.ts';

/** A value that a plug-in gave cannot be what it should be. The message completes "its answer cannot be used: …". */
export class MalformedValue extends Error {
  override readonly name = 'MalformedValue';
}

const MAX_JSON = 64 * 1024;

/** @throws MalformedValue unless it is an object with none but these keys */
export function closed(value: unknown, keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedValue(`it must be an object, not ${shown(value)}.`);
  }
  const strange = Object.keys(value).find((key) => !keys.includes(key));
  if (strange !== undefined) {
    throw new MalformedValue(`"${strange.slice(0, 40)}" means nothing here; known are ${keys.join(', ')}.`);
  }
  return { ...value };
}

/** @throws MalformedValue where the value is there and does not fit */
export function optional<T>(
  from: Readonly<Record<string, unknown>>,
  key: string,
  fits: (value: unknown) => value is T,
  rule: string,
): T | undefined {
  const value = from[key];
  if (value === undefined || fits(value)) return value;
  throw new MalformedValue(`"${key}" must be ${rule}, not ${shown(value)}.`);
}

/** @throws MalformedValue where the value is missing or does not fit */
export function required<T>(
  from: Readonly<Record<string, unknown>>,
  key: string,
  fits: (value: unknown) => value is T,
  rule: string,
): T {
  const value = optional(from, key, fits, rule);
  if (value === undefined) throw new MalformedValue(`"${key}" is missing: ${rule}.`);
  return value;
}

/** A copy that is nothing but JSON; `undefined` where it is no object, or JSON cannot hold it, or it is too long or deep. */
export function jsonObject(value: unknown): JsonObject | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  try {
    const text = JSON.stringify(value);
    if (text.length > MAX_JSON) return undefined;
    const copy: JsonObject = JSON.parse(text);
    return isTooDeep(copy) ? undefined : copy;
  } catch {
    return undefined;
  }
}

const MAX_ID = 64;

/** An id of a client, a conversation or a message. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= MAX_ID;
}

export function shown(value: unknown): string {
  try {
    const text = JSON.stringify(value) ?? String(value);
    return text.length > 60 ? `${text.slice(0, 60)}…` : text;
  } catch {
    return Object.prototype.toString.call(value);
  }
}
