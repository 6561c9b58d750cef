import { applyAttributeUpdate, parseAttributeUpdate } from '../conversation/attribute-operations.ts';
import { initialColumns } from '../conversation/initial-columns.ts';
import { ImError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';

// What any answer of a hook may hold, whoever gives it.

/** Characters of a text for people. */
export const MAX_DETAIL = 2000;

/** Clients get the code of the app in 32 bits; what is beyond would come as another one. */
export function isAppCode(value: unknown): value is number {
  return Number.isInteger(value) && value === (Number(value) | 0);
}

/** As in requests over REST: deeper nesting serves nobody, and what walks over values may recurse. */
const MAX_DEPTH = 64;

export function isTooDeep(value: JsonValue, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth >= MAX_DEPTH || Object.values(value).some((inner) => isTooDeep(inner, depth + 1));
}

/** With a replacement character wherever half a character was left over from cutting: nothing else can be sent. */
export function wellFormed(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key.toWellFormed(), wellFormedValue(value)]),
  );
}

function wellFormedValue(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  return isJsonObject(value) ? wellFormed(value) : value.map(wellFormedValue);
}

/** What is wrong with attributes that a new conversation is to have besides those asked for; nothing, if they can be. */
export function problemOfInitial(attributes: JsonObject): string | undefined {
  return problemOf(() => initialColumns(attributes));
}

/** The same for attributes to be set in place of those asked for, where the conversation has these columns. */
export function problemOfUpdate(columns: JsonObject, attributes: JsonObject): string | undefined {
  return problemOf(() => applyAttributeUpdate(columns, parseAttributeUpdate(attributes)));
}

function problemOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof ImError) return error.message;
    throw error;
  }
}
