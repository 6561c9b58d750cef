import { createHash } from 'node:crypto';
import type { ClientId } from '../identifiers.ts';

/**
 * The identity of a member set: 32 hex digits over the sorted distinct ids. Part of the store's contract, because
 * engines recompute it inside the transaction that changes members (`wire-protocol §4.2`, D-05).
 *
 * @example memberSetKey(['Tom', 'Jerry'], false) === memberSetKey(['Jerry', 'Tom', 'Tom'], false)
 */
export function memberSetKey(members: Iterable<ClientId>, temporary: boolean): string {
  const hash = createHash('md5');
  hash.update(temporary ? 'temporary' : 'basic');
  // Each id is length-prefixed: ids may hold any character, so no separator is safe.
  for (const member of [...new Set(members)].sort()) hash.update(`:${member.length}:${member}`);
  return hash.digest('hex');
}
