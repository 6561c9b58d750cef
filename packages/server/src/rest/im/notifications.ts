import Type from 'typebox';
import { missedNotices } from '../../domain/notice/missed-notices.ts';
import { ok, route } from '../route.ts';
import { AnyObject, ClientIdText, Instant, listOf } from '../schemas.ts';
import { flatEntry, groupedEntry, noticeEntries } from './notification-entries.ts';

const Entries = listOf(AnyObject('One event, as it would have been pushed.'), 'Oldest first.');

/**
 * What a client missed while it was away (`rest §6.2`, `wire-protocol §4.14`). JS names a type and pages through a
 * flat list; Swift names none and wants everything at once, in groups.
 */
export const notifications = route({
  method: 'GET',
  path: '/1.1/rtm/notifications',
  tag: 'Client SDKs',
  summary: 'List missed events',
  needs: 'session',
  query: Type.Object({
    client_id: ClientIdText,
    start_ts: Instant('Only events after this moment, in milliseconds.'),
    notification_type: Type.Optional(
      Type.String({ description: '`permanent` or `droppable` for a flat list; absent for groups.' }),
    ),
  }),
  answers: {
    200: Type.Union([
      Type.Object({
        hasMore: Type.Boolean(),
        invalidLocalConvCache: Type.Boolean(),
        notifications: Entries,
      }),
      Type.Object({
        permanent: Type.Object({ hasMore: Type.Boolean(), notifications: Entries }),
        droppable: Type.Object({ invalidLocalConvCache: Type.Boolean(), notifications: Entries }),
      }),
    ]),
  },
  async handle({ world, caller, query }) {
    const client = query.client_id;
    const missed = await missedNotices(world, caller.app, client, query.start_ts);
    const entries = missed.notices.flatMap((notice) => noticeEntries(notice, client));
    switch (query.notification_type) {
      case undefined:
        return ok({
          permanent: { hasMore: missed.hasMore, notifications: entries.map(groupedEntry) },
          // Swift does not ask again, so if there is more it has to look at its conversations afresh.
          droppable: { invalidLocalConvCache: missed.hasMore, notifications: [] },
        });
      case 'droppable':
        return ok({ hasMore: false, invalidLocalConvCache: false, notifications: [] });
      default:
        return ok({
          hasMore: missed.hasMore,
          invalidLocalConvCache: false,
          notifications: entries.map(flatEntry),
        });
    }
  },
});
