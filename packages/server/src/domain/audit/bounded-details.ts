import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';

const MAX_TEXT = 200;
const MAX_ITEMS = 50;
const MAX_DEPTH = 4;
const MAX_LENGTH = 8_000;
/** Names of what must not be kept, wherever it stands. */
const SECRET_NAME = /(?:key|secret|password|passwd|token|credentials?|certificate)$/i;
const SECRET_TEXT = /PRIVATE KEY/;

/** Details as they are kept: bounded, with what is secret left out. */
export function boundedDetails(details: JsonObject): JsonObject {
  const bounded = boundedObject(details, MAX_DEPTH);
  const { length } = JSON.stringify(bounded);
  return length <= MAX_LENGTH ? bounded : { omitted: `${length} characters` };
}

function boundedValue(name: string, value: JsonValue, depth: number): JsonValue {
  if (typeof value === 'string') return boundedText(name, value);
  if (value === null || typeof value !== 'object') return value;
  if (depth === 0) return '…';
  if (isJsonObject(value)) return boundedObject(value, depth - 1);
  const items = (value as readonly JsonValue[]).map((item) => boundedValue(name, item, depth - 1));
  return items.length <= MAX_ITEMS
    ? items
    : [...items.slice(0, MAX_ITEMS), `… and ${items.length - MAX_ITEMS} more`];
}

function boundedObject(value: JsonObject, depth: number): JsonObject {
  const entries = Object.entries(value).slice(0, MAX_ITEMS);
  return Object.fromEntries(
    entries.map(([name, part]) => [name.slice(0, MAX_TEXT), boundedValue(name, part, depth)]),
  );
}

function boundedText(name: string, text: string): string {
  if (text !== '' && (SECRET_NAME.test(name) || SECRET_TEXT.test(text))) return '[secret]';
  // Of an address with a user and a password, neither.
  const plain = text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@\s]*@/i, '$1[secret]@');
  return plain.length <= MAX_TEXT ? plain : `${plain.slice(0, MAX_TEXT)}…`;
}
