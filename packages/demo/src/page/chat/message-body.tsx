import {
  FileBasedMessage,
  ImageMessage,
  type Message,
  RecalledMessage,
  UnknownMessage,
} from '@parley/client';
import { useSettings } from '../settings/settings.tsx';
import { useSeat } from '../workspace/seat.ts';
import { clockTime } from '../workspace/times.ts';
import styles from './message-body.module.css';
import { Picture } from './picture.tsx';
import { RichText } from './rich-text.tsx';
import { safeLink } from './safe-link.ts';
import { SendMark } from './send-mark.tsx';

export interface MessageBodyProps {
  readonly message: Message;
  readonly isMine: boolean;
  readonly isLast: boolean;
}

/** One to three of them say more in large. */
const ONLY_EMOJI = /^(?:\p{RGI_Emoji}\s*){1,3}$/v;

export function MessageBody({ message, isMine, isLast }: MessageBodyProps) {
  const { text, language } = useSettings();
  const { name } = useSeat();
  if (message instanceof RecalledMessage) {
    return (
      <p className={styles.recalled}>
        {isMine ? text.message.recalledByYou : text.message.recalled(message.from)}
      </p>
    );
  }
  const isEmoji = ONLY_EMOJI.test(message.text);
  const look = message instanceof ImageMessage ? 'picture' : isEmoji ? 'emoji' : 'words';
  return (
    <div
      className={styles.bubble}
      data-own={isMine}
      data-last={isLast}
      data-look={look}
      data-mentioned={!isMine && message.mentions(name)}
    >
      <Content message={message} />
      <span className={styles.foot}>
        {message.editedAt !== undefined && <span data-testid="edited">{text.message.edited}</span>}
        <time dateTime={new Date(message.timestamp).toISOString()}>
          {clockTime(message.timestamp, language)}
        </time>
        {isMine && <SendMark message={message} />}
      </span>
    </div>
  );
}

function Content({ message }: { readonly message: Message }) {
  const { text } = useSettings();
  if (message instanceof ImageMessage) {
    return (
      <>
        <Picture file={message.file} />
        {message.text !== '' && <RichText text={message.text} />}
      </>
    );
  }
  if (message instanceof FileBasedMessage) {
    return (
      <a href={safeLink(message.file.url)} target="_blank" rel="noopener noreferrer">
        {message.file.name ?? text.message.file}
      </a>
    );
  }
  if (message instanceof UnknownMessage && message.text === '') return <i>{text.message.unknown}</i>;
  return <RichText text={message.text} />;
}
