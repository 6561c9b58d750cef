import { readLog } from '../../domain/message/read-log.ts';
import type { LoggedMessage } from '../../domain/ports/messages.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { ClientPath } from './clients.ts';
import { HistoryQuery, inOrder, rangeOf } from './history-query.ts';
import { MessageRecords, messageRecord } from './message-record.ts';

/** Messages across conversations (`rest §5.2.5`, `§5.3.6`). The first call after a while takes longer. */
export const logRoutes: readonly RestRoute[] = [
  route({
    method: 'GET',
    path: '/1.2/rtm/clients/:clientId/messages',
    tag: 'Clients',
    summary: 'List messages a client sent',
    needs: 'master',
    params: ClientPath,
    query: HistoryQuery,
    answers: { 200: MessageRecords },
    async handle({ world, caller, params, query }) {
      const range = rangeOf(query);
      const logged = await readLog(world, caller.app, { ...range, sender: params.clientId });
      return ok(inOrder(logged.map(loggedRecord), range));
    },
  }),
  route({
    method: 'GET',
    path: '/1.2/rtm/messages',
    tag: 'Whole app',
    summary: 'List messages of all conversations',
    needs: 'master',
    query: HistoryQuery,
    answers: { 200: MessageRecords },
    async handle({ world, caller, query }) {
      const range = rangeOf(query);
      return ok(inOrder((await readLog(world, caller.app, range)).map(loggedRecord), range));
    },
  }),
];

export function loggedRecord({ message, conversation, client }: LoggedMessage) {
  return messageRecord(message, conversation.id, client);
}
