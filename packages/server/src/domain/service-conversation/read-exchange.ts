import type { ClientId } from '../identifiers.ts';
import type { StoredMessage } from '../message/message.ts';
import type { ConversationRef } from '../ports/conversations.ts';
import type { HistoryRange } from '../ports/messages.ts';
import type { World } from '../world.ts';
import { readServiceHistory } from './service-history.ts';

/**
 * What passed between a service and a client, for operators: broadcasts to everybody left out. They are given the name
 * of the exchange with it and may send that back, so it is findable by it from now on (`rest §2.2`).
 *
 * @returns oldest first
 */
export async function readExchange(
  world: World,
  service: ConversationRef,
  client: ClientId,
  range: Omit<HistoryRange, 'conversation' | 'seenBy'>,
): Promise<readonly StoredMessage[]> {
  const { services } = world.store;
  const messages = await readServiceHistory(world, service, client, range, ['subscribers', 'own']);
  const isNamed = messages.length === 0 || (await services.logsOf(service, client)).own !== undefined;
  if (!isNamed) await services.nameExchange(service, client, world.clock.now());
  return messages;
}
