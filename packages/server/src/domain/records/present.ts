import { FILE } from '../files/file-rules.ts';
import { fileUrl } from '../files/file-url.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { isOwner } from './permissions.ts';
import type { DataRecord } from './record.ts';
import type { Requester } from './requester.ts';
import { rulesOf } from './rules-of-class.ts';

/** Columns that come along whatever was chosen. */
const ALWAYS = ['objectId', 'createdAt', 'updatedAt'];

/** Which columns a caller wants; `undefined` for all. */
export interface Choice {
  readonly only?: ReadonlySet<string>;
  readonly except: ReadonlySet<string>;
  readonly withAcl: boolean;
}

/** @example choiceOf('name,attr.level,-secret', false) */
export function choiceOf(keys: string | undefined, withAcl: boolean): Choice {
  const names = (keys ?? '').split(',').map((key) => key.trim());
  const wanted = names.filter((name) => name !== '' && !name.startsWith('-'));
  return {
    ...(wanted.length > 0 && { only: new Set(wanted) }),
    except: new Set(names.filter((name) => name.startsWith('-')).map((name) => name.slice(1))),
    withAcl,
  };
}

/** An object as this caller sees it: its columns, its id and its dates, without what is not for it. */
export function present(
  requester: Requester,
  record: DataRecord,
  choice: Choice = choiceOf('', false),
): JsonObject {
  const hidden = hiddenFrom(requester, record);
  const columns = Object.fromEntries(
    Object.entries(record.columns).filter(
      ([name]) => !hidden.has(name) && (name !== 'ACL' || choice.withAcl),
    ),
  );
  const whole = {
    objectId: record.id,
    ...columns,
    ...(record.className === FILE && typeof columns.url !== 'string' && { url: fileUrl(requester, record) }),
    createdAt: new Date(record.createdAt).toISOString(),
    updatedAt: new Date(record.updatedAt).toISOString(),
  };
  return chooseKeys(whole, choice);
}

/** The keys of an object a caller wants; its id and dates come along unless they are left out by name. */
export function chooseKeys(object: JsonObject, { only, except }: Choice): JsonObject {
  const wanted = only === undefined ? object : chosen(object, new Set([...ALWAYS, ...only]));
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => !except.has(name)));
}

/** A user as it sees itself, with its session. */
export function presentWithSession(user: DataRecord): JsonObject {
  const { ACL: _, ...columns } = user.columns;
  return {
    sessionToken: user.secrets.sessionToken ?? '',
    updatedAt: new Date(user.updatedAt).toISOString(),
    objectId: user.id,
    ...columns,
    createdAt: new Date(user.createdAt).toISOString(),
  };
}

function hiddenFrom(requester: Requester, record: DataRecord): ReadonlySet<string> {
  if (requester.isMaster || isOwner(requester, record)) return new Set();
  return rulesOf(record.className)?.privateColumns ?? new Set();
}

/** `attr.level` is the object `attr` with its one key `level`. */
function chosen(columns: JsonObject, only: ReadonlySet<string>): JsonObject {
  let result: JsonObject = {};
  for (const name of only) {
    const [column = '', ...rest] = name.split('.');
    if (!Object.hasOwn(columns, column)) continue;
    const value = pick(columns[column] ?? null, rest);
    if (value !== undefined) result = merge(result, column, value);
  }
  return result;
}

function pick(value: JsonValue, path: readonly string[]): JsonValue | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
  const inner = pick(value[key] ?? null, rest);
  return inner === undefined ? undefined : { [key]: inner };
}

function merge(object: JsonObject, key: string, value: JsonValue): JsonObject {
  const before = Object.hasOwn(object, key) ? object[key] : undefined;
  if (!isJsonObject(before) || !isJsonObject(value)) return { ...object, [key]: value };
  const merged = Object.entries(value).reduce((sum, [name, inner]) => merge(sum, name, inner), before);
  return { ...object, [key]: merged };
}
