import { BasicConversation, ChatRoom, type Conversation } from '@parley/client';
import { useCallback } from 'react';
import { useAsked } from '../hooks/use-asked.ts';
import { useFocusBack } from '../hooks/use-focus-back.ts';
import { useData } from '../hooks/use-live.ts';
import { useText } from '../settings/settings.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { useAttempt } from '../ui/toasts.tsx';
import { useSeat } from '../workspace/seat.ts';
import { peerOf } from '../workspace/titles.ts';
import styles from './details.module.css';
import { GroupDetails } from './group-details.tsx';

const ASK_EVERY = 5_000;

export interface DetailsProps {
  readonly conversation: Conversation;
  readonly close: () => void;
}

export function Details({ conversation, close }: DetailsProps) {
  const { name } = useSeat();
  const { details } = useText();
  const attempt = useAttempt();
  const data = useData(conversation);
  useFocusBack();
  const isGroup = conversation instanceof BasicConversation && peerOf(data, name) === undefined;
  return (
    <aside className={styles.details} aria-label={details.title}>
      <header className={styles.head}>
        <h2>{details.title}</h2>
        <IconButton icon="close" label={details.close} onClick={close} />
      </header>
      {!(conversation instanceof ChatRoom) && (
        <label className={styles.switch}>
          {details.mute}
          <input
            type="checkbox"
            role="switch"
            aria-checked={data.isMuted}
            checked={data.isMuted}
            onChange={() => attempt(() => (data.isMuted ? conversation.unmute() : conversation.mute()))}
          />
        </label>
      )}
      {isGroup && <GroupDetails group={conversation} />}
      {conversation instanceof ChatRoom && <Visitors room={conversation} />}
    </aside>
  );
}

/** Some of those who are in the room now. */
function Visitors({ room }: { readonly room: ChatRoom }) {
  const { name, writeTo } = useSeat();
  const { details } = useText();
  const attempt = useAttempt();
  const visitors = useAsked(
    useCallback(() => room.onlineMembers(), [room]),
    ASK_EVERY,
  );
  return (
    <section className={styles.section}>
      <h3>{details.here}</h3>
      <ul className={styles.people}>
        {visitors?.toSorted().map((person) => (
          <li key={person}>
            <button
              type="button"
              className={styles.person}
              disabled={person === name}
              onClick={() => attempt(() => writeTo(person))}
            >
              <Avatar name={person} size={34} />
              <span className={styles.who}>{person}</span>
              {person === name && <small>{details.you}</small>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
