import { FILE } from '../files/file-rules.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { isList } from '../query/document.ts';
import type { World } from '../world.ts';
import { allows, isOwner } from './permissions.ts';
import { present } from './present.ts';
import type { DataRecord } from './record.ts';
import type { Requester } from './requester.ts';
import { rulesOf } from './rules-of-class.ts';

const MAX_INCLUDES = 20;
const MAX_INCLUDE_DEPTH = 4;
/** References of one answer that are followed; the others stay references. */
const MAX_TARGETS = 2000;

/**
 * Puts files in place of references to them, and objects in place of the pointers a caller wants included
 * (`storage-subset §3`, `§4.1`). What the caller may not read, or is gone, stays a pointer.
 *
 * @param include keys divided by commas; a dot leads into an included object
 */
export async function expand(
  world: World,
  requester: Requester,
  objects: readonly JsonObject[],
  include: string | undefined,
): Promise<readonly JsonObject[]> {
  const paths = (include ?? '')
    .split(',', MAX_INCLUDES)
    .map((path) => path.trim().split('.', MAX_INCLUDE_DEPTH))
    .filter(([first]) => first !== '');
  const cache = new Map<string, JsonObject | undefined>();
  let expanded = objects;
  for (let depth = 0; depth < MAX_INCLUDE_DEPTH; depth++) {
    const wanted = paths.filter((path) => path.length > depth).map((path) => path.slice(0, depth + 1));
    if (depth > 0 && wanted.length === 0) break;
    await loadTargets(world, requester, cache, targetsIn(expanded, wanted, depth === 0));
    expanded = expanded.map((object) => filled(object, wanted, cache, depth === 0));
  }
  return expanded;
}

interface Target {
  readonly className: string;
  readonly id: string;
}

function targetsIn(
  objects: readonly JsonObject[],
  paths: readonly (readonly string[])[],
  withFiles: boolean,
): readonly Target[] {
  const found: Target[] = [];
  for (const object of objects) {
    if (withFiles) for (const value of Object.values(object)) collect(value, fileTarget, found);
    for (const path of paths) collect(at(object, path), pointerTarget, found);
  }
  return found.slice(0, MAX_TARGETS);
}

/** References stand in columns, or in lists there. */
function collect(
  value: JsonValue | undefined,
  target: (value: JsonValue) => Target | undefined,
  found: Target[],
): void {
  for (const element of isList(value) ? value : [value ?? null]) {
    const one = target(element);
    if (one !== undefined) found.push(one);
  }
}

async function loadTargets(
  world: World,
  requester: Requester,
  cache: Map<string, JsonObject | undefined>,
  targets: readonly Target[],
): Promise<void> {
  const byClass = new Map<string, Set<string>>();
  for (const { className, id } of targets) {
    if (cache.has(nameOf({ className, id }))) continue;
    byClass.set(className, (byClass.get(className) ?? new Set()).add(id));
  }
  for (const [className, ids] of byClass) {
    for (const record of await world.store.records.load(requester.app.key, className, [...ids])) {
      if (mayRead(requester, record)) cache.set(nameOf(record), present(requester, record));
    }
  }
}

function mayRead(requester: Requester, record: DataRecord): boolean {
  const rules = rulesOf(record.className);
  if (rules === undefined) return false;
  const audience = rules.may(requester.app).get;
  const isAllowed =
    requester.isMaster || audience === 'app' || (audience === 'owner' && isOwner(requester, record));
  return isAllowed && allows(record, requester, 'read');
}

function filled(
  object: JsonObject,
  paths: readonly (readonly string[])[],
  cache: ReadonlyMap<string, JsonObject | undefined>,
  withFiles: boolean,
): JsonObject {
  let result = object;
  if (withFiles) {
    result = Object.fromEntries(
      Object.entries(result).map(([key, value]) => [key, replaced(value, fileTarget, 'File', cache)]),
    );
  }
  for (const path of paths) {
    result = changed(result, path, (value) => replaced(value, pointerTarget, 'Pointer', cache)) as JsonObject;
  }
  return result;
}

function replaced(
  value: JsonValue,
  target: (value: JsonValue) => Target | undefined,
  type: 'File' | 'Pointer',
  cache: ReadonlyMap<string, JsonObject | undefined>,
): JsonValue {
  const one = (element: JsonValue): JsonValue => {
    const wanted = target(element);
    const found = wanted === undefined ? undefined : cache.get(nameOf(wanted));
    if (found === undefined || wanted === undefined) return element;
    return {
      ...found,
      __type: type,
      ...(type === 'File' ? { id: wanted.id } : { className: wanted.className }),
    };
  };
  return isList(value) ? value.map(one) : one(value);
}

function at(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  return isJsonObject(value) && Object.hasOwn(value, key) ? at(value[key], rest) : undefined;
}

function changed(
  value: JsonValue,
  path: readonly string[],
  change: (value: JsonValue) => JsonValue,
): JsonValue {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  if (!isJsonObject(value) || !Object.hasOwn(value, key)) return value;
  return { ...value, [key]: changed(value[key] ?? null, rest, change) };
}

function fileTarget(value: JsonValue): Target | undefined {
  if (!isJsonObject(value) || value.__type !== 'File') return undefined;
  const id = value.id ?? value.objectId;
  return typeof id === 'string' ? { className: FILE, id } : undefined;
}

function pointerTarget(value: JsonValue): Target | undefined {
  if (!isJsonObject(value) || value.__type !== 'Pointer') return undefined;
  const { className, objectId } = value;
  return typeof className === 'string' && typeof objectId === 'string'
    ? { className, id: objectId }
    : undefined;
}

function nameOf({ className, id }: Target): string {
  return `${className}/${id}`;
}
