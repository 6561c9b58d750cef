import { OpType } from './generated/messages.ts';

const namesByNumber = new Map<number, string>(Object.entries(OpType).map(([name, value]) => [value, name]));

/** The name of an operation with underscores, as JS looks it up: `members_joined` (`wire-protocol §4.14`). */
export function operationName(op: number): string {
  return namesByNumber.get(op) ?? `unknown_${op}`;
}

/** The same name with hyphens, as Swift compares it: `members-joined`. */
export function hyphenatedOperationName(op: number): string {
  return operationName(op).replaceAll('_', '-');
}
