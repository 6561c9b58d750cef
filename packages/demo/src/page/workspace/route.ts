import { useSyncExternalStore } from 'react';

const PREFIX = '#/chat/';

/** The conversation that the address names, so that "back" goes back and a reload stays. */
export function useRoute(): string | undefined {
  return useSyncExternalStore(subscribe, current);
}

export function go(conversationId: string | undefined): void {
  if (conversationId === current()) return;
  const hash = conversationId === undefined ? '#/' : PREFIX + encodeURIComponent(conversationId);
  // From one conversation to the next is no step that "back" should undo one by one.
  if (current() === undefined || conversationId === undefined) location.hash = hash;
  else location.replace(hash);
}

function current(): string | undefined {
  const { hash } = location;
  return hash.startsWith(PREFIX) ? decodeURIComponent(hash.slice(PREFIX.length)) || undefined : undefined;
}

function subscribe(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}
