import type { AppKey, ClientId, ConversationId } from '../identifiers.ts';

/** Conversations that clients do not want to be brought into. */
export interface RefusedConversationRepository {
  /** Refusing again keeps the first place in the list. */
  add(app: AppKey, client: ClientId, conversation: ConversationId): Promise<void>;
  remove(app: AppKey, client: ClientId, conversation: ConversationId): Promise<void>;
  /** In the order they were refused. */
  list(app: AppKey, client: ClientId, skip: number, limit: number): Promise<readonly ConversationId[]>;
  /** Of these clients, the ones that refuse. */
  refusedBy(
    app: AppKey,
    conversation: ConversationId,
    clients: readonly ClientId[],
  ): Promise<readonly ClientId[]>;
}
