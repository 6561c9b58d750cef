import type { App } from '../app/app.ts';
import type { ClientId, ConversationId } from '../identifiers.ts';
import type { World } from '../world.ts';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;

/**
 * A client does not want to be brought into a conversation by others, or does again. It may still join by itself, and
 * stays where it is (`semantics §5.4`, F-GRP-20).
 */
export async function refuseConversation(
  world: World,
  app: App,
  client: ClientId,
  conversation: ConversationId,
  refused: boolean,
): Promise<void> {
  const { refusedConversations } = world.store;
  if (refused) await refusedConversations.add(app.key, client, conversation);
  else await refusedConversations.remove(app.key, client, conversation);
}

export interface ConversationPage {
  readonly conversations: readonly ConversationId[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** A page of the conversations a client does not want to be brought into. */
export async function listRefusedConversations(
  world: World,
  app: App,
  client: ClientId,
  page: { readonly limit?: number; readonly next?: string },
): Promise<ConversationPage> {
  const limit = Math.max(1, Math.min(Math.trunc(page.limit ?? DEFAULT_LIMIT), MAX_LIMIT));
  const start = /^\d{1,9}$/.test(page.next ?? '') ? Number(page.next) : 0;
  const found = await world.store.refusedConversations.list(app.key, client, start, limit + 1);
  const conversations = found.slice(0, limit);
  return { conversations, ...(found.length > limit && { next: String(start + limit) }) };
}
