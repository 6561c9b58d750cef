import type { Conversation } from '@parley/client';
import { type KeyboardEvent, type RefObject, useCallback, useState } from 'react';
import { useData } from '../hooks/use-live.ts';
import { useText } from '../settings/settings.tsx';
import { useSeat } from '../workspace/seat.ts';
import { mentionBefore } from './mentions.ts';

export const MENTION_LIST = 'mention-list';
const MOST_SHOWN = 6;

/** Puts words where others are, from one place in the draft to another. */
type Put = (words: string, start: number, end: number) => void;

export type Mentions = ReturnType<typeof useMentions>;

/** Names to choose from while somebody types an `@`. */
export function useMentions(
  conversation: Conversation,
  draft: string,
  field: RefObject<HTMLTextAreaElement | null>,
) {
  const { name } = useSeat();
  const { composer } = useText();
  const { members, type } = useData(conversation);
  const [caret, setCaret] = useState(0);
  const [at, setAt] = useState(0);
  const [dismissed, setDismissed] = useState<number>();

  const before = members.length > 2 || type === 'chatRoom' ? mentionBefore(draft, caret) : undefined;
  // One `@` was not meant for the list; the next may be.
  if (dismissed !== undefined && before?.start !== dismissed) setDismissed(undefined);
  const isOpen = before !== undefined && before.start !== dismissed;
  const wanted = before?.typed.toLowerCase() ?? '';
  const people = isOpen
    ? [...members.filter((member) => member !== name), composer.everyone]
        .filter((person) => person.toLowerCase().startsWith(wanted))
        .slice(0, MOST_SHOWN)
    : [];
  const chosen = Math.min(at, people.length - 1);

  const look = useCallback(() => setCaret(field.current?.selectionStart ?? 0), [field]);

  function choose(person: string, put: Put): void {
    if (before === undefined) return;
    setAt(0);
    put(`${person} `, before.start, caret);
  }

  /** Whether the key was for the list. */
  function pressed(event: KeyboardEvent, put: Put): boolean {
    const person = people[chosen];
    if (person === undefined || before === undefined) return false;
    if (event.key === 'ArrowDown') setAt((chosen + 1) % people.length);
    else if (event.key === 'ArrowUp') setAt((chosen - 1 + people.length) % people.length);
    else if (event.key === 'Enter' || event.key === 'Tab') choose(person, put);
    else if (event.key === 'Escape') setDismissed(before.start);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  const aria = {
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-expanded': people.length > 0,
    'aria-controls': MENTION_LIST,
    'aria-activedescendant': people.length > 0 ? `${MENTION_LIST}-${chosen}` : undefined,
  } as const;
  return { people, chosen, look, choose, pressed, aria };
}
