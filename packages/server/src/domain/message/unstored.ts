import type { Milliseconds } from '../identifiers.ts';
import { messageIdAt } from '../ports/message-id.ts';
import type { SentMessage } from './message-to-send.ts';

/**
 * Id and time of a message that is kept nowhere.
 *
 * @param at when it came in, as hooks were told
 */
export function unstored(at: Milliseconds): SentMessage {
  return { id: messageIdAt(at), timestamp: at };
}
