import { useText } from '../settings/settings.tsx';
import { Avatar } from '../ui/avatar.tsx';
import styles from './mention-list.module.css';
import { MENTION_LIST, type Mentions } from './use-mentions.ts';

export interface MentionListProps {
  readonly mentions: Mentions;
  readonly choose: (person: string) => void;
}

export function MentionList({ mentions: { people, chosen }, choose }: MentionListProps) {
  const { composer } = useText();
  if (people.length === 0) return null;
  return (
    <div id={MENTION_LIST} className={styles.list} role="listbox" aria-label={composer.mention}>
      {people.map((person, at) => (
        <div
          key={person}
          id={`${MENTION_LIST}-${at}`}
          className={styles.person}
          role="option"
          tabIndex={-1}
          aria-selected={at === chosen}
          // The field keeps the focus.
          onMouseDown={(event) => {
            event.preventDefault();
            choose(person);
          }}
        >
          <Avatar name={person} size={26} {...(person === composer.everyone && { icon: 'group' })} />
          {person}
        </div>
      ))}
    </div>
  );
}
