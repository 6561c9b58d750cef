import type { App } from '../app/app.ts';
import type { Milliseconds } from '../identifiers.ts';
import type { Store } from '../ports/store.ts';

const DAY: Milliseconds = 24 * 3600 * 1000;
/** How long a repeated send token is recognised (D-08). */
const SEND_TOKEN_LIFESPAN = DAY;
/** Rows a batch touches at most: a transaction of a few milliseconds. */
const BATCH = 500;

/**
 * Deletes one batch of everything that is past its lifespan (`semantics §3.10`, F-CONV-25 to F-CONV-29, F-MSG-25).
 * True while there may be more to delete.
 */
export async function keepLifespans(store: Store, apps: readonly App[], now: Milliseconds): Promise<boolean> {
  const { retention } = store;
  const deleted = [
    (await retention.deleteExpiredTemporary(now, BATCH)).length,
    await retention.forgetSendTokens(now - SEND_TOKEN_LIFESPAN, BATCH),
    await retention.deleteClosedSessions(now, BATCH),
  ];
  for (const { key, settings } of apps) {
    deleted.push(
      await retention.deleteMessages(key, now - settings.messageRetentionDays * DAY, BATCH),
      (
        await retention.deleteInactiveConversations(
          key,
          now - settings.conversationRetentionDays * DAY,
          BATCH,
        )
      ).length,
      await retention.deleteNotices(key, now - settings.notificationRetentionDays * DAY, BATCH),
    );
  }
  return deleted.some((count) => count >= BATCH);
}
