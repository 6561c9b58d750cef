import type {
  Client,
  ClientState,
  ConnectionState,
  Conversation,
  ConversationData,
  LiveList,
  Unsubscribe,
} from '@parley/client';
import { useCallback, useEffect, useState } from 'react';

/** About a frame. However fast things change, the page is made anew once in that time. */
const PAUSE = 16;

/**
 * What `read` answers, soon after each change. Fifty people who talk at once are more changes than a screen has frames;
 * a timer rather than a frame, because the title of a tab in the background changes too.
 */
function useSoon<Value>(subscribe: (changed: () => void) => Unsubscribe, read: () => Value): Value {
  const [value, setValue] = useState(read);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      timer = undefined;
      setValue(read);
    };
    const stop = subscribe(() => {
      timer ??= setTimeout(look, PAUSE);
    });
    look();
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [subscribe, read]);
  return value;
}

export function useLive<Item>(list: LiveList<Item>): readonly Item[] {
  return useSoon(list.subscribe, list.getSnapshot);
}

/** What is known of a conversation now. */
export function useData(conversation: Conversation): ConversationData {
  return useSoon(
    useCallback((changed) => conversation.on('changed', changed), [conversation]),
    useCallback(() => conversation.data, [conversation]),
  );
}

/** Who is typing there now. */
export function useTyping(conversation: Conversation): readonly string[] {
  const [typing, setTyping] = useState(conversation.typing);
  useEffect(() => conversation.on('typing', () => setTyping(conversation.typing)), [conversation]);
  return typing;
}

export function useConnection({ connection }: Client): ConnectionState {
  return useSoon(
    useCallback((changed) => connection.on('state', changed), [connection]),
    useCallback(() => connection.state, [connection]),
  );
}

export function useClientState(client: Client): ClientState {
  return useSoon(
    useCallback((changed) => client.on('state', changed), [client]),
    useCallback(() => client.state, [client]),
  );
}
