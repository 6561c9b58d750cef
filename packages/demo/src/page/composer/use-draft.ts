import type { Conversation, Message } from '@parley/client';
import { useEffect, useState } from 'react';

/** What was begun in a conversation waits until somebody comes back to it, also from the edit of a message. */
const drafts = new WeakMap<Conversation, string>();

export function useDraft(
  conversation: Conversation,
  edited: Message | undefined,
): readonly [string, (draft: string) => void] {
  const [draft, setDraft] = useState(drafts.get(conversation) ?? '');
  const [before, setBefore] = useState(edited);
  // Not in an effect: the next key may come before it, and belongs to what the field is for now.
  if (edited !== before) {
    setBefore(edited);
    setDraft(edited?.text ?? drafts.get(conversation) ?? '');
  }
  useEffect(() => {
    if (edited === undefined) drafts.set(conversation, draft);
  }, [conversation, edited, draft]);
  return [draft, setDraft];
}
