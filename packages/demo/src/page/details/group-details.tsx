import type { BasicConversation } from '@parley/client';
import { type FormEvent, useState } from 'react';
import { useData } from '../hooks/use-live.ts';
import { useText } from '../settings/settings.tsx';
import { Button } from '../ui/button.tsx';
import field from '../ui/field.module.css';
import { useAttempt } from '../ui/toasts.tsx';
import { useSeat } from '../workspace/seat.ts';
import styles from './details.module.css';
import { MemberRow } from './member-row.tsx';
import { useModeration } from './use-moderation.ts';

/** Name and members of a group, and what somebody may do with them. */
export function GroupDetails({ group }: { readonly group: BasicConversation }) {
  const { name, show } = useSeat();
  const { details } = useText();
  const attempt = useAttempt();
  const data = useData(group);
  const moderation = useModeration(group);
  const [title, setTitle] = useState(data.name ?? '');
  const [person, setPerson] = useState('');

  function rename(event: FormEvent): void {
    event.preventDefault();
    if (title.trim() !== '') attempt(() => group.update({ name: title.trim() }));
  }

  function add(event: FormEvent): void {
    event.preventDefault();
    const wanted = person.trim();
    if (wanted === '') return;
    setPerson('');
    attempt(() => group.add([wanted]));
  }

  return (
    <>
      <form className={styles.form} onSubmit={rename}>
        <label className={field.label}>
          {details.rename}
          <input
            className={field.input}
            value={title}
            maxLength={60}
            onChange={(event) => setTitle(event.target.value)}
          />
        </label>
        {title.trim() !== (data.name ?? '') && <Button type="submit">{details.save}</Button>}
      </form>
      <section className={styles.section}>
        <h3>
          {details.members} <span>{data.members.length}</span>
        </h3>
        <ul className={styles.people}>
          {data.members.map((member) => (
            <MemberRow key={member} group={group} member={member} moderation={moderation} />
          ))}
        </ul>
      </section>
      <form className={styles.form} onSubmit={add}>
        <label className={field.label}>
          {details.add}
          <input
            className={field.input}
            value={person}
            maxLength={64}
            placeholder={details.addPlaceholder}
            onChange={(event) => setPerson(event.target.value)}
          />
        </label>
      </form>
      {moderation.roleOf(name) !== 'Owner' && (
        <Button
          look="danger"
          onClick={() =>
            attempt(async () => {
              await group.quit();
              show(undefined);
            })
          }
        >
          {details.leave}
        </Button>
      )}
    </>
  );
}
