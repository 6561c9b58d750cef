import Type from 'typebox';
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
  route({
    method: 'GET',
    path: '/1.2/rtm/stats',
    tag,
    summary: 'Count clients',
    description: 'Clients online now, and clients that logged in today in the zone of the server.',
    needs: 'master',
    answers: {
      200: Type.Object({
        result: Type.Object({ online_user_count: Type.Integer(), user_count_today: Type.Integer() }),
      }),
    },
    async handle({ world, caller }) {
      const { key } = caller.app;
      return ok({
        result: {
          online_user_count: world.presence.countOnline(key),
          user_count_today: await world.dailyClients.count(key),
        },
      });
    },
  }),
];
