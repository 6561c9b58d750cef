/**
 * The wire for programs that must be small: the same commands as the package's main entry, without protobufjs and
 * without anything of Node. Clients in browsers, React Native and mini-programs use it; servers use the main entry,
 * which is several times faster.
 */
import type { GenericCommand } from './generated/messages.ts';
import { tables } from './generated/tables.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

export { Feature } from './features.ts';
export * from './generated/messages.ts';

interface Field {
  readonly name: string;
  readonly number: number;
  /** A scalar of the schema, or the name of a message. */
  readonly type: string;
  readonly repeated: boolean;
}

type Fields = Record<string, unknown>;

const fieldsByMessage = new Map<string, readonly Field[]>();

/** The bytes are no command. */
export class UnparseableFrame extends Error {
  override readonly name = 'UnparseableFrame';
}

/**
 * Encodes exactly the fields that are present (`wire-protocol §3.1`).
 *
 * @example encodeCommand({ cmd: CommandType.echo, i: 1 }) // Uint8Array [ 8, 14, 40, 1 ]
 */
export function encodeCommand(command: GenericCommand): Uint8Array {
  const bytes: number[] = [];
  writeMessage(bytes, 'GenericCommand', command as Fields);
  return Uint8Array.from(bytes);
}

/**
 * Decodes one command. Absent fields are `undefined`, unknown fields are skipped, unknown enum values stay numbers.
 *
 * @throws UnparseableFrame
 */
export function decodeCommand(bytes: Uint8Array): GenericCommand {
  return new Reader(bytes).message('GenericCommand') as GenericCommand;
}

function fieldsOf(message: string): readonly Field[] {
  let fields = fieldsByMessage.get(message);
  if (fields === undefined) {
    fields = (tables[message] ?? '').split(' ').map((entry) => {
      const [name = '', number, type = ''] = entry.split(':');
      const repeated = type.endsWith('*');
      return { name, number: Number(number), type: repeated ? type.slice(0, -1) : type, repeated };
    });
    fieldsByMessage.set(message, fields);
  }
  return fields;
}

const isVarint = (type: string) => type === 'int32' || type === 'int64' || type === 'bool';

function writeMessage(bytes: number[], message: string, values: Fields): void {
  for (const field of fieldsOf(message)) {
    const value = values[field.name];
    if (value === undefined || value === null) continue;
    if (field.repeated) for (const one of value as readonly unknown[]) writeField(bytes, field, one);
    else writeField(bytes, field, value);
  }
}

function writeField(bytes: number[], { number, type }: Field, value: unknown): void {
  if (isVarint(type)) {
    writeVarint(bytes, number << 3);
    writeVarint(bytes, Number(value));
    return;
  }
  writeVarint(bytes, (number << 3) | 2);
  const content = contentOf(type, value);
  writeVarint(bytes, content.length);
  for (const byte of content) bytes.push(byte);
}

function contentOf(type: string, value: unknown): ArrayLike<number> & Iterable<number> {
  if (type === 'string') return encodeUtf8(value as string);
  if (type === 'bytes') return value as Uint8Array;
  const nested: number[] = [];
  writeMessage(nested, type, value as Fields);
  return nested;
}

/** Negative numbers take ten bytes, as in every other codec of this protocol. */
function writeVarint(bytes: number[], value: number): void {
  let low = value >>> 0;
  let high = Math.floor(value / 0x1_0000_0000) >>> 0;
  while (high > 0 || low > 0x7f) {
    bytes.push((low & 0x7f) | 0x80);
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  bytes.push(low);
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  message(name: string): Fields {
    const fields = fieldsOf(name);
    const values: Fields = {};
    while (this.#at < this.#bytes.length) {
      const key = this.#varint('int32');
      const field = fields.find(({ number }) => number === key >>> 3);
      if (field === undefined || (key & 7) !== (isVarint(field.type) ? 0 : 2)) this.#skip(key & 7);
      else this.#field(field, values);
    }
    return values;
  }

  #field({ name, type, repeated }: Field, values: Fields): void {
    const value = isVarint(type) ? this.#scalar(type) : this.#content(type);
    const list = values[name];
    if (!repeated) values[name] = value;
    else if (Array.isArray(list)) list.push(value);
    else values[name] = [value];
  }

  #scalar(type: string): number | boolean {
    const value = this.#varint(type);
    return type === 'bool' ? value !== 0 : value;
  }

  #content(type: string): unknown {
    const content = this.#take(this.#varint('int32'));
    if (type === 'string') return decodeUtf8(content);
    if (type === 'bytes') return content.slice();
    return new Reader(content).message(type);
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) throw new UnparseableFrame('The frame ends too early.');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  #varint(type: string): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#take(1)[0] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift > 28) high |= bits << (shift - 32);
      else if (shift === 28) high |= bits >>> 4;
      if (byte < 0x80) return type === 'int32' ? low | 0 : (high | 0) * 0x1_0000_0000 + (low >>> 0);
    }
    throw new UnparseableFrame('A number in the frame does not end.');
  }

  #skip(wireType: number): void {
    if (wireType === 0) this.#varint('int64');
    else if (wireType === 1) this.#take(8);
    else if (wireType === 2) this.#take(this.#varint('int32'));
    else if (wireType === 5) this.#take(4);
    else throw new UnparseableFrame('The frame has a field of no known kind.');
  }
}
