import { CommandType } from '@parley/protocol';
import type { Milliseconds } from '../domain/identifiers.ts';
import { createPush, type Push } from './push.ts';

/** Asks the clients of a connection to move to another node. Sent exactly once per connection (`wire-protocol §2.7`). */
export function goAwayPush(at: Milliseconds): Push {
  return createPush(CommandType.goaway, at, {});
}
