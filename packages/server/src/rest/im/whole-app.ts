import { ok, type RestRoute, route } from '../route.ts';
import { findRecords, RecordsAnswer, RecordsQuery } from './find-records.ts';

const tag = 'Whole app';

/** What concerns an app as a whole (`rest §5.3`). */
export const wholeAppRoutes: readonly RestRoute[] = [
  route({
    method: 'GET',
    path: '/1.2/rtm/all-conversations',
    tag,
    summary: 'Find conversations of every kind',
    needs: 'conversations',
    query: RecordsQuery,
    answers: { 200: RecordsAnswer },
    handle: async ({ world, caller, query }) => ok(await findRecords(world, caller.app, query)),
  }),
];
