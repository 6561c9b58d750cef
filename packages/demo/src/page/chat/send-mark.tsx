import type { Message } from '@parley/client';
import { useText } from '../settings/settings.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import styles from './send-mark.module.css';

type Mark = 'sending' | 'sent' | 'delivered' | 'read' | 'notSent';

const icons: Readonly<Record<Mark, IconName>> = {
  sending: 'clock',
  sent: 'check',
  delivered: 'checks',
  read: 'checks',
  notSent: 'warning',
};

/** How far one's own message has come. */
export function SendMark({ message }: { readonly message: Message }) {
  const text = useText();
  const mark = markOf(message);
  const label = text.message[mark];
  return (
    <span
      className={styles.mark}
      role="img"
      aria-label={label}
      title={label}
      data-testid="mark"
      data-mark={mark}
    >
      <Icon name={icons[mark]} size={14} />
    </span>
  );
}

function markOf({ status, deliveredAt, readAt }: Message): Mark {
  if (status === 'failed') return 'notSent';
  if (status !== 'sent') return 'sending';
  if (readAt !== undefined) return 'read';
  return deliveredAt === undefined ? 'sent' : 'delivered';
}
