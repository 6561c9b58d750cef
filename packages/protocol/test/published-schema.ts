import { createRequire } from 'node:module';
import fc from 'fast-check';

const require = createRequire(import.meta.url);

/** A field as the library inside the SDKs (protobufjs 5) describes it. */
interface Field {
  readonly name: string;
  readonly id: number;
  readonly type: { readonly name: string };
  readonly repeated: boolean;
  readonly required: boolean;
  readonly defaultValue: unknown;
  readonly resolvedType: Type | Enumeration | null;
}

interface Type {
  readonly name: string;
  readonly _fields: readonly Field[];
}

interface Enumeration {
  readonly name: string;
  readonly children: readonly { readonly name: string; readonly id: number }[];
}

interface Decoded {
  readonly [field: string]: unknown;
}

interface MessageClass {
  new (fields: object): { toBuffer(): Buffer };
  decode(bytes: Buffer): Decoded;
  readonly $type: Type;
}

/** The schema and codec inside a published SDK. */
export interface PublishedSchema {
  readonly name: string;
  readonly encode: (command: object) => Buffer;
  readonly decode: (bytes: Uint8Array) => object;
  /** Any command it can express. */
  readonly commands: fc.Arbitrary<object>;
  /** Every message type reachable from a command, with the names, ids and types of its fields. */
  readonly fields: ReadonlyMap<string, ReadonlyMap<string, Field>>;
  readonly enumerations: ReadonlyMap<string, Readonly<Record<string, number>>>;
}

function load(name: string): PublishedSchema {
  const { Protocals } = require(name) as { readonly Protocals: { readonly GenericCommand: MessageClass } };
  const { GenericCommand } = Protocals;
  const fields = new Map<string, ReadonlyMap<string, Field>>();
  const enumerations = new Map<string, Readonly<Record<string, number>>>();
  describe(GenericCommand.$type, fields, enumerations);
  return {
    name,
    encode: (command) => new GenericCommand(command).toBuffer(),
    decode: (bytes) => plain(GenericCommand.decode(Buffer.from(bytes)), GenericCommand.$type),
    commands: arbitraryOf(GenericCommand.$type),
    fields,
    enumerations,
  };
}

function describe(
  type: Type,
  fields: Map<string, ReadonlyMap<string, Field>>,
  enumerations: Map<string, Readonly<Record<string, number>>>,
): void {
  if (fields.has(type.name)) return;
  fields.set(type.name, new Map(type._fields.map((field) => [field.name, field])));
  for (const { resolvedType } of type._fields) {
    if (resolvedType === null) continue;
    if ('_fields' in resolvedType) describe(resolvedType, fields, enumerations);
    else {
      const values = Object.fromEntries(resolvedType.children.map(({ name, id }) => [name, id]));
      enumerations.set(resolvedType.name, values);
    }
  }
}

/** Present fields only, numbers as numbers, bytes as bytes: the shape in which both codecs can be compared. */
function plain(message: Decoded, type: Type): object {
  const entries = type._fields.flatMap((field) => {
    const value = message[field.name];
    if (value === null || value === undefined) return [];
    if (!field.repeated) return [[field.name, plainValue(value, field)]];
    const items = value as readonly unknown[];
    return items.length === 0 ? [] : [[field.name, items.map((item) => plainValue(item, field))]];
  });
  return Object.fromEntries(entries);
}

function plainValue(value: unknown, { type, resolvedType }: Field): unknown {
  if (resolvedType !== null && '_fields' in resolvedType) return plain(value as Decoded, resolvedType);
  if (type.name === 'bytes') return (value as { toBuffer(): Buffer }).toBuffer().toString('hex');
  return typeof value === 'object' ? Number(value) : value;
}

const SAFE = Number.MAX_SAFE_INTEGER;

function arbitraryOf(type: Type, depth = 0): fc.Arbitrary<object> {
  const usable = type._fields.filter(({ resolvedType }) => depth < 3 || resolvedType === null);
  const model = Object.fromEntries(usable.map((field) => [field.name, fieldOf(field, depth)]));
  // With a default, protobufjs 5 reads an absent field as a present one: only there absence cannot be compared.
  const always = usable.filter(({ required, defaultValue }) => required || defaultValue !== null);
  return fc.record(model, { requiredKeys: always.map(({ name }) => name), noNullPrototype: true });
}

function fieldOf(field: Field, depth: number): fc.Arbitrary<unknown> {
  const one = scalarOf(field, depth);
  return field.repeated ? fc.array(one, { minLength: 1, maxLength: 3 }) : one;
}

function scalarOf({ type, resolvedType }: Field, depth: number): fc.Arbitrary<unknown> {
  if (resolvedType !== null) {
    if ('_fields' in resolvedType) return arbitraryOf(resolvedType, depth + 1);
    return fc.constantFrom(...resolvedType.children.map(({ id }) => id));
  }
  switch (type.name) {
    case 'string':
      return fc.string({ unit: 'grapheme', maxLength: 12 });
    case 'bool':
      return fc.boolean();
    case 'int32':
      return fc.integer();
    case 'int64':
      return fc.integer({ min: -SAFE, max: SAFE });
    case 'bytes':
      return fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes));
    default:
      throw new Error(`The schema has a type nobody expected: ${type.name}.`);
  }
}

export const publishedSchemas: readonly PublishedSchema[] = [
  'leancloud-realtime',
  'leancloud-realtime-4',
].map(load);
