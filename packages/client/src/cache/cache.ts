import type { ConversationData } from '../conversations/conversation-data.ts';
import type { Envelope } from '../messages/message.ts';
import type { SendOptions } from '../messages/send-options.ts';
import type { Positions } from '../session/session.ts';

/** A message as it is kept: its content as it travels, and what is written on it. */
export type StoredMessage = Omit<Envelope, 'error'>;

export interface StoredConversation extends Omit<ConversationData, 'lastMessage'> {
  readonly lastMessage: StoredMessage | undefined;
}

/** A message that was not sent when the app ended. */
export interface StoredUnsent {
  readonly key: string;
  readonly message: StoredMessage;
  readonly options: SendOptions;
}

export interface StoredState {
  readonly positions: Positions;
  readonly conversations: readonly StoredConversation[];
  readonly unsent: readonly StoredUnsent[];
}

/**
 * Keeps on the device what a client knows, so that the next start shows something before the network answers. Values
 * are as `structuredClone` takes them. What is kept is shown, never trusted: the server's word replaces it. Calls take
 * effect in the order in which they were made.
 */
export interface Cache {
  load(): Promise<StoredState>;
  /** Both at once, or neither: the positions say what is in the conversations. */
  saveConversations(conversations: readonly StoredConversation[], positions: Positions): Promise<void>;
  saveUnsent(unsent: StoredUnsent): Promise<void>;
  removeUnsent(key: string): Promise<void>;
  loadMessages(conversationId: string): Promise<readonly StoredMessage[]>;
  saveMessages(conversationId: string, messages: readonly StoredMessage[]): Promise<void>;
  /** The ids of the conversations a query found. */
  loadList(query: string): Promise<readonly string[]>;
  saveList(query: string, conversationIds: readonly string[]): Promise<void>;
  /** Forgets everything, as after a logout on somebody else's device. */
  clear(): Promise<void>;
}

/** Opens what is kept for one client of one app. */
export type OpenCache = (owner: { readonly appId: string; readonly clientId: string }) => Cache;
