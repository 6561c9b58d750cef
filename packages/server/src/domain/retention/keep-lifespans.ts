import type { App } from '../app/app.ts';
import type { Milliseconds } from '../identifiers.ts';
import type { Store } from '../ports/store.ts';

const DAY: Milliseconds = 24 * 3600 * 1000;
/** How long a repeated send token is recognised (D-08). */
const SEND_TOKEN_LIFESPAN = DAY;
/** Rows a batch touches at most: a transaction of a few milliseconds, in which commits of messages wait. */
const BATCH = 200;

/**
 * Deletes one batch of everything that is past its lifespan (`semantics §3.10`, F-CONV-25 to F-CONV-29, F-MSG-25).
 * True while there may be more to delete.
 */
export async function keepLifespans(store: Store, apps: readonly App[], now: Milliseconds): Promise<boolean> {
  const { retention } = store;
  const temporary = await retention.deleteExpiredTemporary(now, BATCH);
  const counts = [
    await retention.forgetSendTokens(now - SEND_TOKEN_LIFESPAN, BATCH),
    await retention.deleteClosedSessions(now, BATCH),
    await retention.deleteEndedBans(now, BATCH),
    await retention.forgetBroadcasts(now, BATCH),
    await retention.deleteRemainsOfConversations(BATCH),
  ];
  let hasMore = temporary.hasMore || (await retention.deleteRemainsOfServices(BATCH)) > 0;
  for (const { key, settings } of apps) {
    const before = (days: number) => now - days * DAY;
    counts.push(
      await retention.deleteMessages(key, before(settings.messageRetentionDays), BATCH),
      await retention.deleteNotices(key, before(settings.notificationRetentionDays), BATCH),
      await retention.deleteAuditEntries(key, before(settings.auditRetentionDays), BATCH),
      // What a webhook gave up is of use for as long as the messages it speaks of are there.
      await store.webhooks.deleteOld(key, before(settings.messageRetentionDays), BATCH),
    );
    const inactive = await retention.deleteInactiveConversations(
      key,
      before(settings.conversationRetentionDays),
      BATCH,
    );
    hasMore ||= inactive.hasMore;
  }
  return hasMore || counts.some((count) => count >= BATCH);
}
