import { messageIdAt } from '../ports/message-id.ts';
import type { World } from '../world.ts';
import type { SentMessage } from './message-to-send.ts';

/** Id and time of a message that is kept nowhere. */
export function unstored(world: World): SentMessage {
  const timestamp = world.clock.now();
  return { id: messageIdAt(timestamp), timestamp };
}
