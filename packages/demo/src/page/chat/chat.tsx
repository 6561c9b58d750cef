import { ChatRoom, type Conversation, type Message } from '@parley/client';
import { useCallback, useEffect, useState } from 'react';
import { Composer } from '../composer/composer.tsx';
import { Details } from '../details/details.tsx';
import { useTyping } from '../hooks/use-live.ts';
import { useText } from '../settings/settings.tsx';
import { useSeat } from '../workspace/seat.ts';
import styles from './chat.module.css';
import { ChatHeader } from './chat-header.tsx';
import { MessageList } from './message-list.tsx';
import { useMessages } from './use-messages.ts';

const JOIN_AGAIN = 3_000;

/** One conversation: who is in it, what was said, and a field to say more. */
export function Chat({ conversation }: { readonly conversation: Conversation }) {
  const { client, name } = useSeat();
  const [isDetailed, setIsDetailed] = useState(false);
  const [edited, setEdited] = useState<Message>();
  const list = useMessages(client, conversation);
  const visit = useVisit(conversation);

  const editLast = useCallback(() => {
    const own = list.items.findLast(
      ({ from, status, text }) => from === name && status === 'sent' && text !== '',
    );
    if (own !== undefined) setEdited(own);
  }, [list, name]);

  useEffect(() => {
    if (!isDetailed) return;
    const pressed = ({ key }: KeyboardEvent) => {
      // A dialog in front takes the key for itself.
      if (key === 'Escape' && document.querySelector('dialog[open]') === null) setIsDetailed(false);
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [isDetailed]);

  return (
    <div className={styles.chat} data-detailed={isDetailed}>
      <section className={styles.talk}>
        <ChatHeader
          conversation={conversation}
          visit={visit}
          isDetailed={isDetailed}
          toggleDetails={() => setIsDetailed(!isDetailed)}
        />
        <MessageList conversation={conversation} list={list} edit={setEdited} />
        <TypingLine conversation={conversation} />
        <Composer
          conversation={conversation}
          edited={edited}
          stopEditing={() => setEdited(undefined)}
          editLast={editLast}
        />
      </section>
      {isDetailed && <Details conversation={conversation} close={() => setIsDetailed(false)} />}
    </div>
  );
}

function TypingLine({ conversation }: { readonly conversation: Conversation }) {
  const { chat } = useText();
  const typing = useTyping(conversation);
  return (
    <p className={styles.typing} role="status">
      {typing.length > 0 && (
        <>
          <span className={styles.dots} aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {chat.typing(typing)}
        </>
      )}
    </p>
  );
}

/** Whoever looks at a chat room is in it, as soon as that is possible. Answers what changes once they are. */
function useVisit(conversation: Conversation): boolean {
  const [isIn, setIsIn] = useState(false);
  useEffect(() => {
    if (!(conversation instanceof ChatRoom)) return;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const join = () => {
      conversation.join().then(
        () => !isOver && setIsIn(true),
        () => {
          if (!isOver) timer = setTimeout(join, JOIN_AGAIN);
        },
      );
    };
    join();
    return () => {
      isOver = true;
      clearTimeout(timer);
      conversation.quit().catch(() => {});
    };
  }, [conversation]);
  return isIn;
}
