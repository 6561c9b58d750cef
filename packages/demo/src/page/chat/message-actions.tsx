import { BasicConversation, type Conversation, type Message, TextMessage } from '@parley/client';
import { useText } from '../settings/settings.tsx';
import { IconButton } from '../ui/button.tsx';
import { useAttempt, useToast } from '../ui/toasts.tsx';
import styles from './message-actions.module.css';

export interface MessageActionsProps {
  readonly conversation: Conversation;
  readonly message: Message;
  readonly isMine: boolean;
  /** Whether the tab key stops here: only at the message that has the focus. */
  readonly isReachable: boolean;
  readonly edit: (message: Message) => void;
}

const ICON = 17;

/** What can be done with a message; shown to who points at it. */
export function MessageActions({ conversation, message, isMine, isReachable, edit }: MessageActionsProps) {
  const { message: text } = useText();
  const toast = useToast();
  const attempt = useAttempt();
  const common = { size: ICON, tabIndex: isReachable ? 0 : -1 };
  const isText = message instanceof TextMessage;

  async function tellWhoSaw(group: BasicConversation): Promise<void> {
    const receipts = await group.receipts();
    const seen = receipts.filter(({ readAt }) => (readAt ?? 0) >= message.timestamp);
    const names = seen.map(({ clientId }) => clientId).filter((clientId) => clientId !== message.from);
    toast(names.length === 0 ? text.seenByNobody : `${text.seenBy}: ${names.join(', ')}`);
  }

  return (
    <div className={styles.actions}>
      {isMine && isText && (
        <IconButton {...common} icon="edit" label={text.edit} onClick={() => edit(message)} />
      )}
      {isMine && (
        <IconButton
          {...common}
          icon="undo"
          label={text.recall}
          onClick={() => attempt(() => conversation.recall(message))}
        />
      )}
      {isMine && conversation instanceof BasicConversation && conversation.members.length > 2 && (
        <IconButton
          {...common}
          icon="eye"
          label={text.seenBy}
          onClick={() => attempt(() => tellWhoSaw(conversation))}
        />
      )}
      {isText && (
        <IconButton
          {...common}
          icon="copy"
          label={text.copy}
          onClick={() => attempt(() => navigator.clipboard.writeText(message.text))}
        />
      )}
    </div>
  );
}
