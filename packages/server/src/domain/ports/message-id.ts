import { randomFillSync } from 'node:crypto';
import type { MessageId, Milliseconds } from '../identifiers.ts';

/** URL-safe, and in ASCII order, so that ids sort as their numbers do. */
const ALPHABET = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const TIME_CHARACTERS = 8;
const RANDOM_CHARACTERS = 14;

const pool = new Uint8Array(4096);
let used = pool.length;

/**
 * A message id: 8 characters of time (48 bits), 14 of chance (84 bits). Engines make ids with it once they have
 * assigned the timestamp, so that (timestamp, id) and id alone sort alike and an id leads to its message without
 * an index of its own.
 *
 * @example messageIdAt(1_700_000_000_000).length // 22
 */
export function messageIdAt(timestamp: Milliseconds): MessageId {
  if (used + RANDOM_CHARACTERS > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let id = '';
  for (let shift = TIME_CHARACTERS - 1; shift >= 0; shift--) {
    id += ALPHABET[Math.floor(timestamp / 64 ** shift) % 64];
  }
  for (let index = 0; index < RANDOM_CHARACTERS; index++) {
    id += ALPHABET[(pool[used++] as number) & 63];
  }
  return id;
}

/** The timestamp inside an id made by {@link messageIdAt}; `undefined` for ids made elsewhere (imported ones). */
export function timestampOfMessageId(id: MessageId): Milliseconds | undefined {
  if (id.length !== TIME_CHARACTERS + RANDOM_CHARACTERS) return undefined;
  let timestamp = 0;
  for (let index = 0; index < TIME_CHARACTERS; index++) {
    const digit = ALPHABET.indexOf(id.charAt(index));
    if (digit < 0) return undefined;
    timestamp = timestamp * 64 + digit;
  }
  return timestamp;
}
