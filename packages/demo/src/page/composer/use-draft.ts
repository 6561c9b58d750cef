import type { Message } from '@parley/client';
import { useEffect, useState } from 'react';

/** What was begun in a conversation waits until somebody comes back to it. */
const drafts = new Map<string, string>();

export function useDraft(
  conversationId: string,
  edited: Message | undefined,
): readonly [string, (draft: string) => void] {
  const [draft, setDraft] = useState(drafts.get(conversationId) ?? '');
  useEffect(() => {
    if (edited !== undefined) setDraft(edited.text);
  }, [edited]);
  useEffect(() => {
    if (edited === undefined) drafts.set(conversationId, draft);
  }, [conversationId, edited, draft]);
  return [draft, setDraft];
}
