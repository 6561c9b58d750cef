import type { Message } from '@parley/client';
import { useEffect, useState } from 'react';

/** What was begun in a conversation waits until somebody comes back to it, also from the edit of a message. */
const drafts = new Map<string, string>();

export function useDraft(
  conversationId: string,
  edited: Message | undefined,
): readonly [string, (draft: string) => void] {
  const [draft, setDraft] = useState(drafts.get(conversationId) ?? '');
  const [before, setBefore] = useState(edited);
  // Not in an effect: the next key may come before it, and belongs to what the field is for now.
  if (edited !== before) {
    setBefore(edited);
    setDraft(edited?.text ?? drafts.get(conversationId) ?? '');
  }
  useEffect(() => {
    if (edited === undefined) drafts.set(conversationId, draft);
  }, [conversationId, edited, draft]);
  return [draft, setDraft];
}
