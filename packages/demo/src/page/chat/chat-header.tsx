import { ChatRoom, type Conversation } from '@parley/client';
import { useCallback } from 'react';
import { useAsked } from '../hooks/use-asked.ts';
import { useData } from '../hooks/use-live.ts';
import { useSettings } from '../settings/settings.tsx';
import { iconOf } from '../sidebar/conversation-row.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { useSeat } from '../workspace/seat.ts';
import { peerOf, titleOf } from '../workspace/titles.ts';
import styles from './chat-header.module.css';

const ASK_EVERY = 5_000;

export interface ChatHeaderProps {
  readonly conversation: Conversation;
  /** Changes when somebody came into the room, so that they count themselves. */
  readonly visit: boolean;
  readonly isDetailed: boolean;
  readonly toggleDetails: () => void;
}

export function ChatHeader({ conversation, visit, isDetailed, toggleDetails }: ChatHeaderProps) {
  const { client, name, show } = useSeat();
  const { text, language } = useSettings();
  const data = useData(conversation);
  const peer = peerOf(data, name);
  const title = titleOf(data, name, language);
  const present = useAsked(
    // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew with each visit
    useCallback(async () => {
      if (conversation instanceof ChatRoom) return conversation.countOnline();
      if (peer === undefined) return undefined;
      return (await client.onlineClients([peer])).length;
    }, [client, conversation, peer, visit]),
    ASK_EVERY,
  );

  return (
    <header className={styles.header}>
      <span className={styles.back}>
        <IconButton icon="back" label={text.chat.back} onClick={() => show(undefined)} />
      </span>
      <Avatar
        name={title}
        icon={iconOf(data.type, peer)}
        size={40}
        isOnline={peer !== undefined && present === 1}
      />
      <div className={styles.words}>
        <h1>{title}</h1>
        <p data-testid="presence">
          {conversation instanceof ChatRoom
            ? present !== undefined && text.chat.inRoom(present)
            : peer === undefined
              ? text.chat.members(data.members.length)
              : present !== undefined && (present > 0 ? text.chat.online : text.chat.offline)}
        </p>
      </div>
      <IconButton icon="info" label={text.chat.details} aria-expanded={isDetailed} onClick={toggleDetails} />
    </header>
  );
}
