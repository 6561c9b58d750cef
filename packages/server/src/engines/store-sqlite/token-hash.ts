import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { ClientId, ConversationKey } from '../../domain/identifiers.ts';

/**
 * By what a send token is found: a few bytes stand for forty or more, in memory and in `send_token`. Different tokens
 * may have the same, so what is found is compared with the message itself.
 *
 * @returns an integer from 1 to 2^32 - 1
 */
export function tokenHash(conversation: ConversationKey, sender: ClientId, token: string): number {
  // Sums of products, because checksums of each other would be the same for many pairs of short names.
  const sum =
    Math.imul(crc32(token), 0x9e3779b1) +
    Math.imul(crc32(sender), 0x85ebca77) +
    Math.imul(conversation, 0xc2b2ae3d);
  return sum >>> 0 || 1;
}

/** Makes `token_hash(conversation, sender, token)` known to the statements of a connection. */
export function defineTokenHash(db: DatabaseSync): void {
  db.function('token_hash', { deterministic: true }, (conversation, sender, token) =>
    tokenHash(conversation as number, sender as string, token as string),
  );
}
