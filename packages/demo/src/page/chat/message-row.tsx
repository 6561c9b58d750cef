import { type Conversation, type Message, RecalledMessage } from '@parley/client';
import { memo } from 'react';
import { useSettings } from '../settings/settings.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { useSeat } from '../workspace/seat.ts';
import { clockTime, dayName } from '../workspace/times.ts';
import { summaryOf } from '../workspace/titles.ts';
import { FailedLine } from './failed-line.tsx';
import { MessageActions } from './message-actions.tsx';
import { MessageBody } from './message-body.tsx';
import styles from './message-row.module.css';

export interface MessageRowProps {
  readonly conversation: Conversation;
  readonly message: Message;
  readonly startsDay: boolean;
  readonly startsUnread: boolean;
  /** Whether it begins and ends what one person says in one go. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Whether the sender has to be named. */
  readonly isNamed: boolean;
  readonly isActive: boolean;
  readonly activate: (key: string) => void;
  readonly edit: (message: Message) => void;
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { conversation, message, startsDay, startsUnread, isFirst, isLast, isNamed, isActive } = props;
  const { name } = useSeat();
  const { text, language } = useSettings();
  const isMine = message.from === name;
  const isRecalled = message instanceof RecalledMessage;

  return (
    <li
      className={styles.row}
      data-key={message.key}
      data-own={isMine}
      data-first={isFirst}
      data-testid="message"
      data-status={message.status}
      tabIndex={-1}
      onFocus={() => props.activate(message.key)}
      aria-label={`${message.from}, ${clockTime(message.timestamp, language)}: ${summaryOf(message, name, text)}`}
    >
      {startsDay && (
        <div className={styles.day}>
          <span>{dayName(message.timestamp, language, text)}</span>
        </div>
      )}
      {startsUnread && (
        <div className={styles.unread}>
          <span>{text.chat.newMessages}</span>
        </div>
      )}
      <div className={styles.line}>
        {!isMine && <span className={styles.face}>{isLast && <Avatar name={message.from} size={32} />}</span>}
        <div className={styles.column}>
          {isNamed && !isMine && isFirst && <span className={styles.name}>{message.from}</span>}
          <div className={styles.said}>
            <MessageBody message={message} isMine={isMine} isLast={isLast} />
            {!isRecalled && message.status === 'sent' && (
              <MessageActions
                conversation={conversation}
                message={message}
                isMine={isMine}
                isReachable={isActive}
                edit={props.edit}
              />
            )}
          </div>
          {message.status === 'failed' && <FailedLine message={message} />}
        </div>
      </div>
    </li>
  );
});
