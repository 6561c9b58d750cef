import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { isList } from '../query/document.ts';

/** Columns that come along whatever was chosen. */
const ALWAYS = ['objectId', 'createdAt', 'updatedAt'];
/** What a reference is to an SDK; without it the chosen keys behind it would be those of a plain object. */
const IDENTITY = ['__type', 'className', 'objectId', 'id'];
/** Values nest no deeper. */
const MAX_SEGMENTS = 32;

/** Keys, and those within them; `whole` for everything that is there. */
type KeyTree = Map<string, KeyTree | 'whole'>;

/** Which keys a caller wants. */
export interface Choice {
  /** Absent: all. */
  readonly only?: KeyTree;
  readonly except: KeyTree;
  readonly withAcl: boolean;
}

/** @example choiceOf('name,attr.level,-secret,-attr.level.old', false) */
export function choiceOf(keys: string | undefined, withAcl: boolean): Choice {
  const names = (keys ?? '')
    .split(',')
    .map((key) => key.trim())
    .filter((name) => name !== '');
  const wanted = names.filter((name) => !name.startsWith('-'));
  return {
    ...(wanted.length > 0 && { only: treeOf([...ALWAYS, ...wanted]) }),
    except: treeOf(names.filter((name) => name.startsWith('-')).map((name) => name.slice(1))),
    withAcl,
  };
}

/** The columns of which a caller wants anything, whole: what is chosen within them may have to be fetched first. */
export function chooseColumns(object: JsonObject, { only, except }: Choice): JsonObject {
  return Object.fromEntries(
    Object.entries(object).filter(
      ([name]) => (only === undefined || only.has(name)) && except.get(name) !== 'whole',
    ),
  );
}

/** The keys of an object a caller wants; its id and dates come along unless they are left out by name. */
export function chooseKeys(object: JsonObject, { only, except }: Choice): JsonObject {
  const wanted = only === undefined ? object : chosen(object, only);
  return without(wanted, except);
}

function treeOf(names: readonly string[]): KeyTree {
  const root: KeyTree = new Map();
  for (const name of names) plant(root, name.split('.', MAX_SEGMENTS));
  return root;
}

function plant(root: KeyTree, path: readonly string[]): void {
  let tree = root;
  for (const key of path.slice(0, -1)) {
    const inner = tree.get(key) ?? new Map();
    if (inner === 'whole') return;
    tree.set(key, inner);
    tree = inner;
  }
  tree.set(path.at(-1) ?? '', 'whole');
}

/** `attr.level` is the object `attr` with its one key `level`. */
function chosen(object: JsonObject, tree: KeyTree): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => {
      const wanted = tree.get(key);
      if (wanted === undefined) return [];
      const picked = wanted === 'whole' ? value : chosenIn(value, wanted);
      return picked === undefined ? [] : [[key, picked]];
    }),
  );
}

function chosenIn(value: JsonValue, tree: KeyTree): JsonValue | undefined {
  if (isList(value)) return value.filter(isJsonObject).map((element) => chosenIn(element, tree) ?? {});
  if (!isJsonObject(value)) return undefined;
  const picked = chosen(value, tree);
  if (isReference(value)) return { ...picked, ...chosen(value, treeOf(IDENTITY)) };
  return Object.keys(picked).length === 0 ? undefined : picked;
}

function isReference({ __type }: JsonObject): boolean {
  return __type === 'Pointer' || __type === 'File';
}

function without(object: JsonObject, tree: KeyTree): JsonObject {
  if (tree.size === 0) return object;
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => {
      const inner = tree.get(key);
      if (inner === 'whole') return [];
      return [[key, inner === undefined ? value : withoutIn(value, inner)]];
    }),
  );
}

function withoutIn(value: JsonValue, tree: KeyTree): JsonValue {
  if (isList(value)) return value.map((element) => withoutIn(element, tree));
  return isJsonObject(value) ? without(value, tree) : value;
}
