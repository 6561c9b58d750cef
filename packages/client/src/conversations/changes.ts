import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import type { ConversationData } from './conversation-data.ts';

/** A change that depends on the value there is. */
export class Operation {
  readonly wire: JsonObject;
  /** @internal */
  constructor(wire: JsonObject) {
    this.wire = wire;
  }
}

/** Takes an attribute away. */
export const remove = (): Operation => new Operation({ __op: 'Delete' });
/** Adds to a number, also when others do so at the same time. */
export const increment = (amount = 1): Operation => new Operation({ __op: 'Increment', amount });
/** Adds to the end of a list. */
export const append = (...objects: readonly JsonValue[]): Operation =>
  new Operation({ __op: 'Add', objects });
/** Adds to a list what is not in it. */
export const addUnique = (...objects: readonly JsonValue[]): Operation =>
  new Operation({ __op: 'AddUnique', objects });
/** Takes out of a list. */
export const removeFrom = (...objects: readonly JsonValue[]): Operation =>
  new Operation({ __op: 'Remove', objects });

export type Change = JsonValue | Operation;

/** What to change; what is not named stays. */
export interface ConversationChanges {
  readonly name?: string | Operation;
  /** By key, or by path: `'theme.color'`. */
  readonly attributes?: Readonly<Record<string, Change>>;
  /** What older apps keep outside of the attributes. */
  readonly columns?: Readonly<Record<string, Change>>;
}

/** The changes as the operations of `conv/update` (`wire-protocol §4.4`). */
export function encodeChanges({ name, attributes = {}, columns = {} }: ConversationChanges): JsonObject {
  const wire = (change: Change) => (change instanceof Operation ? change.wire : change);
  const encoded: Record<string, JsonValue> = {};
  if (name !== undefined) encoded.name = wire(name);
  for (const [path, change] of Object.entries(attributes)) encoded[`attr.${path}`] = wire(change);
  for (const [key, change] of Object.entries(columns)) encoded[key] = wire(change);
  return encoded;
}

/**
 * What a conversation is after an update: `modified` has the complete new value of every top-level key that `requested`
 * touched, and lacks those that are gone.
 */
export function applyUpdate(
  data: ConversationData,
  requested: JsonObject,
  modified: JsonObject,
): Pick<ConversationData, 'name' | 'attributes' | 'columns'> {
  const touched = new Set(
    [...Object.keys(requested), ...Object.keys(modified)].map((path) => path.split('.')[0] ?? ''),
  );
  const columns: Record<string, JsonValue | undefined> = { ...data.columns };
  let { name, attributes } = data;
  for (const key of touched) {
    const value = modified[key];
    if (key === 'name') name = typeof value === 'string' ? value : undefined;
    else if (key === 'attr') attributes = isObject(value) ? value : {};
    else if (value === undefined) delete columns[key];
    else columns[key] = value;
  }
  return { name, attributes, columns };
}
