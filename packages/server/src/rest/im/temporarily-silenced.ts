import Type from 'typebox';
import { MAX_SILENCE_SECONDS, silenceForAWhile } from '../../domain/moderation/silence-for-a-while.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { ClientIdText, Empty } from '../schemas.ts';
import { type Collection, ConversationPath, findIn } from './collection.ts';

export const SilenceSeconds = Type.Integer({
  minimum: 1,
  maximum: MAX_SILENCE_SECONDS,
  description: 'Seconds, up to a day.',
  'x-rule': `must be seconds from 1 to ${MAX_SILENCE_SECONDS}`,
});

/** Who may not speak for a while (`rest §3.17`, `§3.18`, `§4.12`). */
export function temporarilySilencedRoutes(collection: Collection): readonly RestRoute[] {
  const path = `${collection.path}/:cid/temporary-silenceds`;
  const { tag } = collection;
  return [
    route({
      method: 'POST',
      path,
      tag,
      summary: 'Take the word from a client for a while',
      audit: { action: 'silence.add', tells: ['client_id', 'ttl'] },
      needs: 'master',
      params: ConversationPath,
      body: Type.Object({ client_id: ClientIdText, ttl: SilenceSeconds }),
      answers: { 200: Empty },
      async handle({ world, operator, params, body }) {
        const { id } = await findIn(collection, world, operator.app, params.cid);
        await silenceForAWhile(world, operator, id, body.client_id, body.ttl);
        return ok({});
      },
    }),
    route({
      method: 'DELETE',
      path,
      tag,
      summary: 'Give the word back early',
      audit: { action: 'silence.remove', tells: ['client_id'] },
      needs: 'master',
      params: ConversationPath,
      body: Type.Object({ client_id: ClientIdText }),
      bodyFromQuery: true,
      answers: { 200: Empty },
      async handle({ world, operator, params, body }) {
        const { id } = await findIn(collection, world, operator.app, params.cid);
        await silenceForAWhile(world, operator, id, body.client_id, 0);
        return ok({});
      },
    }),
  ];
}
