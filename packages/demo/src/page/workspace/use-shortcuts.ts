import type { Conversation } from '@parley/client';
import { useEffect } from 'react';
import { go } from './route.ts';

export const SEARCH_FIELD = 'search-chats';

/** Keys that work everywhere on the page. */
export function useShortcuts(conversations: readonly Conversation[], selected: string | undefined): void {
  useEffect(() => {
    function pressed(event: KeyboardEvent): void {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        document.getElementById(SEARCH_FIELD)?.focus();
      }
      const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
      if (!event.altKey || step === 0 || conversations.length === 0) return;
      event.preventDefault();
      const at = conversations.findIndex(({ id }) => id === selected);
      const next = at < 0 ? 0 : (at + step + conversations.length) % conversations.length;
      go(conversations[next]?.id);
    }
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [conversations, selected]);
}
