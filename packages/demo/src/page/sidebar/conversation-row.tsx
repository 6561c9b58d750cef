import type { Conversation } from '@parley/client';
import { memo } from 'react';
import { useData, useTyping } from '../hooks/use-live.ts';
import { useSettings } from '../settings/settings.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icon.tsx';
import { useSeat } from '../workspace/seat.ts';
import { shortTime } from '../workspace/times.ts';
import { peerOf, summaryOf, titleOf } from '../workspace/titles.ts';
import styles from './conversation-row.module.css';

const MOST_SHOWN = 99;

export interface ConversationRowProps {
  readonly conversation: Conversation;
  readonly isSelected: boolean;
}

export const ConversationRow = memo(function ConversationRow({
  conversation,
  isSelected,
}: ConversationRowProps) {
  const { name, show } = useSeat();
  const { text, language } = useSettings();
  const data = useData(conversation);
  const typing = useTyping(conversation);
  const { lastMessage, unreadCount, isMentioned, isMuted } = data;
  const peer = peerOf(data, name);
  const title = titleOf(data, name, language);

  return (
    <button
      type="button"
      className={styles.row}
      aria-current={isSelected ? 'page' : undefined}
      onClick={() => show(conversation.id)}
    >
      <Avatar name={title} icon={iconOf(data.type, peer)} />
      <span className={styles.words}>
        <span className={styles.line}>
          <span className={styles.title}>{title}</span>
          {isMuted && <Icon name="muted" size={14} />}
          {lastMessage !== undefined && (
            <time className={styles.time}>{shortTime(lastMessage.timestamp, language, text)}</time>
          )}
        </span>
        <span className={styles.line}>
          <span className={typing.length > 0 ? styles.typing : styles.summary}>
            {typing.length > 0 ? text.chat.typing(typing) : <Summary conversation={conversation} />}
          </span>
          {isMentioned && (
            <span className={styles.mention} title={text.list.mentioned}>
              @
            </span>
          )}
          {unreadCount > 0 && (
            <span className={isMuted ? styles.quiet : styles.unread}>
              <span aria-hidden="true">{unreadCount > MOST_SHOWN ? `${MOST_SHOWN}+` : unreadCount}</span>
              <span className={styles.hidden}>{text.list.unread(unreadCount)}</span>
            </span>
          )}
        </span>
      </span>
    </button>
  );
});

function Summary({ conversation }: { readonly conversation: Conversation }) {
  const { name } = useSeat();
  const { text } = useSettings();
  const { lastMessage, members, type } = conversation.data;
  // What was said in a room is told to those who are in it.
  if (type === 'chatRoom') return text.list.openToAll;
  if (lastMessage === undefined) return text.list.noMessages;
  const isNamed = lastMessage.from === name || members.length > 2;
  const by = lastMessage.from === name ? text.list.you : lastMessage.from;
  return `${isNamed ? `${by}: ` : ''}${summaryOf(lastMessage, name, text)}`;
}

export function iconOf(type: Conversation['type'], peer: string | undefined) {
  if (type === 'chatRoom') return 'room';
  return peer === undefined ? 'group' : undefined;
}
