import type { Conversation } from '@parley/client';
import { type FormEvent, useState } from 'react';
import { flushSync } from 'react-dom';
import { sampleNames } from '../../people/names.ts';
import { useSettings } from '../settings/settings.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import field from '../ui/field.module.css';
import { useAttempt } from '../ui/toasts.tsx';
import { useSeat } from '../workspace/seat.ts';
import styles from './new-chat.module.css';

const MOST_SUGGESTIONS = 12;

export interface NewChatProps {
  readonly known: readonly Conversation[];
  readonly close: () => void;
}

/** Begins a conversation of two with one name, a group with several. */
export function NewChat({ known, close }: NewChatProps) {
  const { client, name, show, writeTo } = useSeat();
  const { language, text } = useSettings();
  const attempt = useAttempt();
  const { newChat } = text;
  const [typed, setTyped] = useState('');
  const [people, setPeople] = useState<readonly string[]>([]);
  const [groupName, setGroupName] = useState('');
  const all = withTyped(people, typed, name);
  const suggestions = peopleIn(known).filter((person) => person !== name && !people.includes(person));

  function add(person: string): void {
    setPeople(withTyped(people, person, name));
    setTyped('');
  }

  function begin(event: FormEvent): void {
    event.preventDefault();
    const [first] = all;
    if (first === undefined) return;
    attempt(async () => {
      if (all.length === 1) await writeTo(first);
      else {
        const group = await client.conversations.create({
          members: all,
          name: groupName.trim() || [name, ...all].join(language === 'zh' ? '、' : ', ').slice(0, 60),
          attributes: { language },
          unique: false,
        });
        show(group.id);
      }
      // At once: the chat that comes next wants the focus, and gets none behind a dialog.
      flushSync(close);
    });
  }

  return (
    <Dialog title={newChat.title} closeLabel={newChat.cancel} close={close}>
      <form className={styles.form} onSubmit={begin}>
        <label className={field.label}>
          {newChat.label}
          <input
            className={field.input}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => {
              const adds = event.key === 'Enter' || event.key === ',' || event.key === '，';
              if (!adds || event.nativeEvent.isComposing || typed.trim() === '') return;
              event.preventDefault();
              add(typed);
            }}
            placeholder={newChat.placeholder}
            autoComplete="off"
          />
        </label>
        {people.length > 0 && (
          <ul className={styles.people}>
            {people.map((person) => (
              <li key={person} className={styles.person}>
                <Avatar name={person} size={24} />
                {person}
                <IconButton
                  icon="close"
                  size={14}
                  label={newChat.remove(person)}
                  onClick={() => setPeople(people.filter((other) => other !== person))}
                />
              </li>
            ))}
          </ul>
        )}
        {suggestions.length > 0 && (
          <div className={styles.known}>
            <h3>{newChat.people}</h3>
            <div className={styles.people}>
              {suggestions.slice(0, MOST_SUGGESTIONS).map((person) => (
                <button key={person} type="button" className={styles.suggestion} onClick={() => add(person)}>
                  <Avatar name={person} size={24} />
                  {person}
                </button>
              ))}
            </div>
          </div>
        )}
        {all.length > 1 && (
          <label className={field.label}>
            {newChat.groupName}
            <input
              className={field.input}
              value={groupName}
              onChange={(event) => setGroupName(event.target.value)}
              placeholder={newChat.groupPlaceholder}
              maxLength={60}
            />
          </label>
        )}
        <p className={styles.hint}>{newChat.hint}</p>
        <Button type="submit" look="strong" disabled={all.length === 0}>
          {all.length > 1 ? newChat.beginGroup(all.length + 1) : newChat.begin}
        </Button>
      </form>
    </Dialog>
  );
}

function withTyped(people: readonly string[], typed: string, me: string): readonly string[] {
  const person = typed.trim().slice(0, 64);
  return person === '' || person === me || people.includes(person) ? people : [...people, person];
}

function peopleIn(conversations: readonly Conversation[]): string[] {
  return [...new Set([...sampleNames, ...conversations.flatMap(({ data }) => data.members)])];
}
