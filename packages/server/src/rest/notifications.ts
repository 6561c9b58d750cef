import { missedNotices } from '../domain/notice/missed-notices.ts';
import { flatEntry, groupedEntry, noticeEntries } from './notification-entries.ts';
import { RestError } from './rest-error.ts';
import type { RestRoute } from './route.ts';

/**
 * What a client missed while it was away (`rest §6.2`, `wire-protocol §4.14`). JS names a type and pages through a
 * flat list; Swift names none and wants everything at once, in groups.
 */
export const notifications: RestRoute = {
  method: 'GET',
  path: '/1.1/rtm/notifications',
  needs: 'session',
  async handle({ world, caller, query }) {
    const client = String(query.client_id);
    const missed = await missedNotices(world, caller.app, client, startOf(query.start_ts));
    const entries = missed.notices.flatMap((notice) => noticeEntries(notice, client));
    switch (query.notification_type) {
      case undefined:
        return {
          permanent: { hasMore: missed.hasMore, notifications: entries.map(groupedEntry) },
          // Swift does not ask again, so if there is more it has to look at its conversations afresh.
          droppable: { invalidLocalConvCache: missed.hasMore, notifications: [] },
        };
      case 'droppable':
        return { hasMore: false, invalidLocalConvCache: false, notifications: [] };
      default:
        return {
          hasMore: missed.hasMore,
          invalidLocalConvCache: false,
          notifications: entries.map(flatEntry),
        };
    }
  },
};

/** @throws RestError 400 */
function startOf(value: unknown): number {
  // Some clients write integers with a decimal point and zeros (`rest §1.1`).
  if (typeof value === 'string' && /^\d{1,15}(\.0+)?$/.test(value)) return Math.trunc(Number(value));
  throw new RestError(400, 1, 'start_ts must be a time in milliseconds.');
}
