import Type from 'typebox';
import type { DeadLetter } from '../../domain/ports/webhooks.ts';
import { RestError } from '../rest-error.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { Empty } from '../schemas.ts';

const tag = 'Webhooks';
const path = '/1.2/rtm/webhooks/dead-letters';
const MAX_LIMIT = 100;

const Letter = Type.Object({
  id: Type.Integer(),
  webhook: Type.String({
    description: '`messages`, `events`, or `service-messages` for the callback of services.',
  }),
  messages: Type.Integer({ description: 'How many are in it.' }),
  error: Type.String({ description: 'Why the last attempt failed.' }),
  at: Type.String({ description: 'When it was given up.' }),
});

/** What could not be delivered to the receiver of a webhook, and another attempt at it. */
export const webhookRoutes: readonly RestRoute[] = [
  route({
    method: 'GET',
    path,
    tag,
    summary: 'List batches that were given up',
    needs: 'master',
    query: Type.Object({
      skip: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_LIMIT })),
    }),
    answers: { 200: Type.Object({ results: Type.Array(Letter) }) },
    async handle({ world, caller, query }) {
      const { skip = 0, limit = MAX_LIMIT } = query;
      const letters = await world.store.webhooks.deadLetters(caller.app.key, skip, limit);
      return ok({ results: letters.map(letterAnswer) });
    },
  }),
  route({
    method: 'POST',
    path: `${path}/:id/replay`,
    tag,
    summary: 'Send a batch once more',
    audit: { action: 'webhook.replay' },
    description: 'Forgets it once the receiver has taken it; refused with 502 where it does not.',
    needs: 'master',
    params: Type.Object({ id: Type.Integer({ minimum: 1 }) }),
    answers: { 200: Empty },
    async handle({ world, services, caller, params }) {
      const letters = await world.store.webhooks.deadLetters(caller.app.key, 0, Number.MAX_SAFE_INTEGER);
      const letter = letters.find(({ id }) => id === params.id);
      if (letter === undefined) throw new RestError(404, 101, `There is no dead letter ${params.id}.`);
      const problem = await services.replay(caller.app, letter);
      if (problem !== undefined) throw new RestError(502, 502, 'The receiver did not take it.', problem);
      return ok({});
    },
  }),
];

function letterAnswer({ id, webhook, messages, error, at }: DeadLetter) {
  return { id, webhook, messages, error, at: new Date(at).toISOString() };
}
