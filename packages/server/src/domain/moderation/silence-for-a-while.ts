import type { Operator } from '../actor.ts';
import { ImError } from '../errors.ts';
import type { ClientId, ConversationId } from '../identifiers.ts';
import type { World } from '../world.ts';
import { moderate } from './moderate.ts';

/** Seconds a client may be silenced for at most: a day (F-GRP-14). */
export const MAX_SILENCE_SECONDS = 86_400;
/** Nobody names a limit; this one keeps a conversation within what is read at once. */
const MAX_SILENCED = 10_000;

/**
 * Takes the word from a client for some seconds, in a conversation of any kind; said again, the new end counts. It
 * still receives everything, and nobody is told (`rest §3.17`, `§8.14`).
 *
 * @param seconds 0 gives the word back at once
 * @throws ImError CONVERSATION_NOT_FOUND, SILIENCED_MEMBER_LIST_FULL
 */
export async function silenceForAWhile(
  world: World,
  operator: Operator,
  id: ConversationId,
  client: ClientId,
  seconds: number,
): Promise<void> {
  const now = world.clock.now();
  await moderate(world, operator, id, (conversation) => {
    const others = conversation.silencedUntil.filter(
      (silence) => silence.client !== client && silence.until > now,
    );
    if (seconds > 0 && others.length >= MAX_SILENCED) {
      throw new ImError(
        'SILIENCED_MEMBER_LIST_FULL',
        `At most ${MAX_SILENCED} clients are silenced for a while.`,
      );
    }
    const silence = { client, until: now + Math.min(seconds, MAX_SILENCE_SECONDS) * 1000 };
    return {
      change: { silencedUntil: seconds > 0 ? [...others, silence] : others, notices: [] },
      result: undefined,
      isSilent: seconds > 0 || conversation.silenceEnds.has(client),
    };
  });
}
