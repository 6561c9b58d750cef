import type { JsonObject, JsonValue } from './json.ts';
import { appendMissing, withoutElements } from './list-elements.ts';
import { isList } from './query/document.ts';

/** Makes the new value of a key from the old one; `undefined` stands for nothing. */
export type ValueChange = (value: JsonValue | undefined) => JsonValue | undefined;

/** An operator as it was sent, and how to refuse it: data of an app and conversations have codes of their own. */
export interface SentOperator {
  /** What it stands at, quoted for sentences. */
  readonly key: string;
  readonly value: JsonObject;
  /** Refuses elements that may not be kept. */
  readonly check: (elements: readonly JsonValue[]) => void;
  readonly unknown: (sentence: string) => Error;
  readonly malformed: (sentence: string) => Error;
  /** What stands there is nothing the operator works on. */
  readonly mismatch: (sentence: string) => Error;
}

/**
 * Reads an operator `{"__op": …}` of the data API (`storage-subset §5.3`), which conversations take as well
 * (`wire-protocol §4.4`). Where nothing stands, or null, numbers begin at 0 and lists empty.
 *
 * @example parseOperator({ key: '"n"', value: { __op: 'Increment', amount: 2 }, … })(3); // 5
 * @throws what it is to be refused with; so does the change
 */
export function parseOperator(sent: SentOperator): ValueChange {
  switch (sent.value.__op) {
    case 'Delete':
      return () => undefined;
    case 'Increment':
      return adding(sent, operand(sent, 'amount'));
    case 'Decrement':
      return adding(sent, -operand(sent, 'amount'));
    case 'Add':
      return editing(sent, (list, objects) => [...list, ...objects]);
    case 'AddUnique':
      return editing(sent, appendMissing);
    case 'Remove': {
      const remove = editing(sent, withoutElements);
      return (before) => (before === undefined ? undefined : remove(before));
    }
    case 'BitAnd':
      return bitwise(sent, (a, b) => a & b);
    case 'BitOr':
      return bitwise(sent, (a, b) => a | b);
    case 'BitXor':
      return bitwise(sent, (a, b) => a ^ b);
    default: {
      const name = JSON.stringify(String(sent.value.__op).slice(0, 80));
      throw sent.unknown(`The operation ${name} on ${sent.key} is not implemented.`);
    }
  }
}

function operand({ key, value, malformed }: SentOperator, name: string): number {
  const number = Object.hasOwn(value, name) ? value[name] : undefined;
  if (typeof number === 'number') return number;
  throw malformed(`${String(value.__op)} on ${key} needs a number, "${name}".`);
}

function adding({ key, mismatch }: SentOperator, amount: number): ValueChange {
  return (value) => {
    const before = value ?? 0;
    const sum = typeof before === 'number' ? before + amount : Number.NaN;
    if (!Number.isFinite(sum)) throw mismatch(`${key} is no number that could be incremented so.`);
    return sum;
  };
}

/** On 64 bits, which is what deployed data holds; the result is a number again. */
function bitwise(sent: SentOperator, combine: (a: bigint, b: bigint) => bigint): ValueChange {
  const mask = operand(sent, 'value');
  return (value) => {
    const before = value ?? 0;
    if (!Number.isSafeInteger(before) || !Number.isSafeInteger(mask)) {
      throw sent.mismatch(`${sent.key} is no whole number whose bits could be combined.`);
    }
    return Number(combine(BigInt(before as number), BigInt(mask)));
  };
}

function editing(
  { key, value, check, malformed, mismatch }: SentOperator,
  edit: (list: readonly JsonValue[], objects: readonly JsonValue[]) => readonly JsonValue[],
): ValueChange {
  const objects = Object.hasOwn(value, 'objects') ? value.objects : undefined;
  if (!isList(objects)) throw malformed(`${String(value.__op)} on ${key} needs a list, "objects".`);
  check(objects);
  return (before) => {
    const list = before ?? [];
    if (!isList(list)) throw mismatch(`${key} is not a list.`);
    return edit(list, objects);
  };
}
