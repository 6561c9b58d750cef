import type { Conversation } from '@parley/client';
import { useEffect } from 'react';

/** The tab says how much is unread. */
export function useTitle(conversations: readonly Conversation[]): void {
  const unread = conversations.reduce((sum, { unreadCount }) => sum + unreadCount, 0);
  useEffect(() => {
    document.title = unread === 0 ? 'Parley' : `(${unread}) Parley`;
  }, [unread]);
}
