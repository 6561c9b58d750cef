import type { Message } from '@parley/client';
import { useText } from '../settings/settings.tsx';
import { useSeat } from '../workspace/seat.ts';
import styles from './failed-line.module.css';

/** Below a message that the server did not take: why, and what can be done. */
export function FailedLine({ message }: { readonly message: Message }) {
  const { client } = useSeat();
  const { message: text } = useText();
  return (
    <p className={styles.failed} role="alert">
      <span>
        {text.notSent}
        {message.error !== undefined && ` · ${message.error.message}`}
      </span>
      {/* Should it fail again, it says so here again. */}
      <button type="button" onClick={() => void client.messages.retry(message).catch(() => {})}>
        {text.retry}
      </button>
      <button type="button" onClick={() => client.messages.discard(message)}>
        {text.discard}
      </button>
    </p>
  );
}
