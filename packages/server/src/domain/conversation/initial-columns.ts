import type { JsonObject } from '../json.ts';
import { applyAttributeUpdate, parseAttributeUpdate } from './attribute-operations.ts';
import { isReservedColumn } from './reserved-columns.ts';

/**
 * The columns of a new conversation, from the `attr` of a start command. Some SDKs put everything under `attr`,
 * others at top level; both are stored as they come. Server-controlled columns are dropped without a word
 * (`wire-protocol §4.2`): some SDKs send them along.
 *
 * @example
 * initialColumns({ name: 'Lunch', attr: { type: 1 }, colour: 'red', m: ['Mallory'] });
 * // { name: 'Lunch', attr: { type: 1 }, colour: 'red' }
 * @throws ImError CONVERSATION_UPDATE_FAILED where the attributes are malformed or too large
 */
export function initialColumns(attributes: JsonObject): JsonObject {
  const writable = Object.entries(attributes).filter(
    ([key]) => !isReservedColumn(key.split('.', 1)[0] ?? ''),
  );
  return applyAttributeUpdate({}, parseAttributeUpdate(Object.fromEntries(writable))).columns;
}
