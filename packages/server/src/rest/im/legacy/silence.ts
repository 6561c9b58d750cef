import Type from 'typebox';
import { silenceForAWhile } from '../../../domain/moderation/silence-for-a-while.ts';
import { ok, type RestRoute, route } from '../../route.ts';
import { ClientIdText, Empty } from '../../schemas.ts';
import { ConversationIdText, conversationIdOf } from '../collection.ts';
import { SilenceSeconds } from '../temporarily-silenced.ts';
import { tag } from './tag.ts';

const path = '/1.1/rtm/conversation/blacklist';

/** Silence for a while in conversations of every kind, under the name of something else (`rest §8.14`). */
export const legacySilenceRoutes: readonly RestRoute[] = [
  route({
    method: 'POST',
    path,
    tag,
    summary: 'Take the word from a client for a while',
    audit: { action: 'silence.add', target: { parameter: 'conv_id' }, tells: ['client_id', 'ttl'] },
    needs: 'master',
    body: Type.Object({ client_id: ClientIdText, conv_id: ConversationIdText, ttl: SilenceSeconds }),
    answers: { 200: Empty },
    async handle({ world, operator, body }) {
      await silenceForAWhile(world, operator, conversationIdOf(body.conv_id), body.client_id, body.ttl);
      return ok({});
    },
  }),
  route({
    method: 'DELETE',
    path,
    tag,
    summary: 'Give the word back early',
    audit: { action: 'silence.remove', target: { parameter: 'conv_id' }, tells: ['client_id'] },
    needs: 'master',
    query: Type.Object({ client_id: ClientIdText, conv_id: ConversationIdText }),
    answers: { 200: Empty },
    async handle({ world, operator, query }) {
      await silenceForAWhile(world, operator, conversationIdOf(query.conv_id), query.client_id, 0);
      return ok({});
    },
  }),
];
