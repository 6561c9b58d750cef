import type {
  Client,
  ClientState,
  ConnectionState,
  Conversation,
  ConversationData,
  LiveList,
} from '@parley/client';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';

export function useLive<Item>(list: LiveList<Item>): readonly Item[] {
  return useSyncExternalStore(list.subscribe, list.getSnapshot);
}

/** What is known of a conversation now. */
export function useData(conversation: Conversation): ConversationData {
  const subscribe = useCallback((changed: () => void) => conversation.on('changed', changed), [conversation]);
  return useSyncExternalStore(subscribe, () => conversation.data);
}

/** Who is typing there now. */
export function useTyping(conversation: Conversation): readonly string[] {
  const [typing, setTyping] = useState(conversation.typing);
  useEffect(() => conversation.on('typing', () => setTyping(conversation.typing)), [conversation]);
  return typing;
}

export function useConnection(client: Client): ConnectionState {
  const { connection } = client;
  const subscribe = useCallback((changed: () => void) => connection.on('state', changed), [connection]);
  return useSyncExternalStore(subscribe, () => connection.state);
}

export function useClientState(client: Client): ClientState {
  const subscribe = useCallback((changed: () => void) => client.on('state', changed), [client]);
  return useSyncExternalStore(subscribe, () => client.state);
}
