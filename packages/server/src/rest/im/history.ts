import Type from 'typebox';
import { readHistory } from '../../domain/message/read-history.ts';
import { requireHistorySignature } from '../../domain/signature/verify-history-signature.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { ClientIdText, Instant } from '../schemas.ts';
import { type Collection, ConversationPath, findIn } from './collection.ts';
import { HistoryQuery, inOrder, rangeOf } from './history-query.ts';
import { MessageRecords, messageRecord } from './message-record.ts';

/** Needed where the app signs history queries. */
const SignatureQuery = {
  client_id: Type.Optional(ClientIdText),
  nonce: Type.Optional(Type.String()),
  signature_ts: Type.Optional(Instant('When it was signed.')),
  signature: Type.Optional(Type.String({ description: 'HMAC-SHA1 in hex.' })),
};

/** What was said in a conversation (`rest §3.13`, `§4.8`). */
export function historyRoutes(collection: Collection): readonly RestRoute[] {
  return [
    route({
      method: 'GET',
      path: `${collection.path}/:cid/messages`,
      tag: collection.tag,
      summary: 'Read the history',
      needs: 'master',
      params: ConversationPath,
      query: Type.Object({ ...HistoryQuery.properties, ...SignatureQuery }),
      answers: { 200: MessageRecords },
      async handle({ world, operator, params, query }) {
        const range = rangeOf(query);
        const { id } = await findIn(collection, world, operator.app, params.cid);
        requireHistorySignature(
          operator.app,
          {
            client: query.client_id,
            conversation: id,
            value: query.signature,
            timestamp: query.signature_ts,
            nonce: query.nonce,
          },
          world.clock.now(),
        );
        const { messages } = await readHistory(world, operator, { ...range, conversation: id });
        return ok(
          inOrder(
            messages.map((message) => messageRecord(message, id)),
            range,
          ),
        );
      },
    }),
  ];
}
