import type { ClientId } from '../identifiers.ts';
import type { FoundConversation } from '../ports/conversations.ts';
import type { Subscription } from '../ports/services.ts';
import type { World } from '../world.ts';
import { lastServiceMessage } from './service-history.ts';

/** A conversation as one client finds it. */
export interface SeenConversation extends FoundConversation {
  /** Of services: what the client has with it; absent where it did not subscribe. */
  readonly subscription?: Subscription;
}

/** Adds to services among the results what is different for every client: its subscription and its last message. */
export async function servicesAsSeen(
  world: World,
  client: ClientId,
  found: readonly FoundConversation[],
  withLastMessage: boolean,
): Promise<readonly SeenConversation[]> {
  const services = found.flatMap(({ conversation }) =>
    conversation.kind === 'service' ? conversation.key : [],
  );
  if (services.length === 0) return found;
  const subscriptions = await world.store.services.subscriptions(client, services);
  const byService = new Map(subscriptions.map((subscription) => [subscription.service.key, subscription]));
  return Promise.all(
    found.map(async (one) => {
      const { conversation } = one;
      if (conversation.kind !== 'service') return one;
      const subscription = byService.get(conversation.key);
      const lastMessage = withLastMessage ? await lastServiceMessage(world, conversation, client) : undefined;
      return {
        conversation,
        ...(subscription !== undefined && { subscription }),
        ...(lastMessage !== undefined && { lastMessage }),
      };
    }),
  );
}
