import type { ClientId, ConversationId } from '../../domain/identifiers.ts';
import type { Condition, KeyPath, QueryValue } from '../../domain/query/condition.ts';

/** Conversations of these clients, and those with these ids. */
export interface Sought {
  readonly clients: readonly ClientId[];
  readonly ids: readonly ConversationId[];
}

/** More would be looked up one by one with no end. */
const MOST_NAMES = 100;

/**
 * What a condition can mean at most, where it says so: nearly every query of a client asks for its own conversations or
 * for some it has the ids of. `undefined` where it may mean any.
 */
export function soughtBy(condition: Condition): Sought | undefined {
  switch (condition.test) {
    case 'all':
      return condition.conditions.map(soughtBy).find((part) => part !== undefined);
    case 'any':
      return either(condition.conditions.map(soughtBy));
    case 'equal':
      return named(condition.path, [condition.value]);
    case 'in':
      return named(condition.path, condition.values);
    case 'contains-all':
      return named(condition.path, condition.values.slice(0, 1));
    default:
      return undefined;
  }
}

function either(parts: readonly (Sought | undefined)[]): Sought | undefined {
  const said = parts.filter((part) => part !== undefined);
  if (said.length === 0 || said.length < parts.length) return undefined;
  const clients = said.flatMap((part) => part.clients);
  const ids = said.flatMap((part) => part.ids);
  return clients.length + ids.length > MOST_NAMES ? undefined : { clients, ids };
}

function named([name, ...rest]: KeyPath, values: readonly QueryValue[]): Sought | undefined {
  const names = values.filter((value) => typeof value === 'string');
  const isWhole = rest.length === 0 && names.length === values.length;
  if (!isWhole || names.length === 0 || names.length > MOST_NAMES) return undefined;
  if (name === 'm') return { clients: names, ids: [] };
  return name === 'objectId' ? { clients: [], ids: names } : undefined;
}
