import Type from 'typebox';
import { banClient, MAX_BAN_REASON, MAX_BAN_SECONDS } from '../../domain/ban/ban-client.ts';
import { liftBan } from '../../domain/ban/lift-ban.ts';
import { listBans, MAX_BANS_LISTED } from '../../domain/ban/list-bans.ts';
import type { Ban } from '../../domain/ports/bans.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { Empty } from '../schemas.ts';
import { ClientPath } from './clients.ts';

const tag = 'Clients';
const path = '/1.2/rtm/clients/:clientId/ban';

const BanAnswer = Type.Object({
  client_id: Type.String(),
  since: Type.String(),
  until: Type.Optional(Type.String({ description: 'Absent: for good.' })),
  reason: Type.String(),
});

/** Keeping clients out of the app (`semantics §2.5`). */
export const banRoutes: readonly RestRoute[] = [
  route({
    method: 'POST',
    path,
    tag,
    summary: 'Ban a client',
    description:
      'Ends its sessions and refuses its logins with 4106 until the ban is over or lifted. Banning again replaces time and reason.',
    needs: 'master',
    audit: { action: 'client.ban', tells: ['ttl', 'reason'] },
    params: ClientPath,
    body: Type.Object({
      ttl: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: MAX_BAN_SECONDS,
          description: 'Seconds, up to ten years. Absent: for good.',
          'x-rule': `must be seconds from 1 to ${MAX_BAN_SECONDS}`,
        }),
      ),
      reason: Type.Optional(Type.String({ maxLength: MAX_BAN_REASON, description: 'Told to the client.' })),
    }),
    answers: { 200: BanAnswer },
    async handle({ world, operator, params, body }) {
      const ban = await banClient(world, operator, {
        client: params.clientId,
        reason: body.reason ?? '',
        ...(body.ttl !== undefined && { seconds: body.ttl }),
      });
      return ok(banAnswer(ban));
    },
  }),
  route({
    method: 'DELETE',
    path,
    tag,
    summary: 'Lift the ban of a client',
    needs: 'master',
    audit: { action: 'client.unban' },
    params: ClientPath,
    answers: { 200: Empty },
    async handle({ world, operator, params }) {
      await liftBan(world, operator, params.clientId);
      return ok({});
    },
  }),
  route({
    method: 'GET',
    path: '/1.2/rtm/banned-clients',
    tag,
    summary: 'List banned clients',
    description: 'By client id. To read on, pass `next` of the page before.',
    needs: 'master',
    query: Type.Object({
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: MAX_BANS_LISTED, description: '100 where absent.' }),
      ),
      next: Type.Optional(Type.String({ description: '`next` of the page before.' })),
    }),
    answers: {
      200: Type.Object({
        results: Type.Array(BanAnswer),
        next: Type.Optional(Type.String({ description: 'Absent on the last page.' })),
      }),
    },
    async handle({ world, caller, query }) {
      const { bans, next } = await listBans(world, caller.app, {
        ...(query.limit !== undefined && { limit: query.limit }),
        ...(query.next !== undefined && { after: query.next }),
      });
      return ok({ results: bans.map(banAnswer), ...(next !== undefined && { next }) });
    },
  }),
];

function banAnswer({ client, since, until, reason }: Ban) {
  return {
    client_id: client,
    since: new Date(since).toISOString(),
    ...(until !== undefined && { until: new Date(until).toISOString() }),
    reason,
  };
}
