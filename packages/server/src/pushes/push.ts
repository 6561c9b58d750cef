import { encodeBody, type GenericCommand } from '@parley/protocol';
import type { Milliseconds } from '../domain/identifiers.ts';

/**
 * A server push without its recipient: encoded once, however many sessions it goes to. The head that names the
 * recipient is written in front by the session.
 */
export interface Push {
  /** Command number; part of the head. */
  readonly cmd: number;
  readonly body: Uint8Array;
}

/** @param at the `serverTs` clients order notifications by (`wire-protocol §4.0`) */
export function createPush(
  cmd: number,
  at: Milliseconds,
  payload: Omit<GenericCommand, 'cmd' | 'peerId' | 'i'>,
): Push {
  return { cmd, body: encodeBody({ ...payload, serverTs: at }) };
}
