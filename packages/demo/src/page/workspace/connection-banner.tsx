import { useEffect, useState } from 'react';
import { useClientState, useConnection } from '../hooks/use-live.ts';
import { useText } from '../settings/settings.tsx';
import { Icon } from '../ui/icon.tsx';
import styles from './connection-banner.module.css';
import { useSeat } from './seat.ts';

/** A moment without connection is nobody's business. */
const PATIENCE = 1_500;
const BACK_SHOWN_FOR = 2_500;

/** Says when there is no connection, and when it is back. */
export function ConnectionBanner() {
  const { client } = useSeat();
  const { connection: text } = useText();
  const connection = useConnection(client);
  const state = useClientState(client);
  const isOpen = state.name === 'open';
  const isKnownLoss = connection.name === 'offline' || connection.name === 'waiting';
  const shown = useShown(isOpen, isKnownLoss);

  if (state.name === 'closed' && state.error !== undefined) {
    return (
      <div className={styles.banner} role="alert">
        <Icon name="warning" size={18} />
        <span>{text.closed(state.error.reason)}</span>
        <button type="button" onClick={() => client.open()}>
          {text.comeBack}
        </button>
      </div>
    );
  }
  if (shown === 'nothing') return null;
  if (shown === 'back') {
    return (
      <div className={`${styles.banner} ${styles.back}`} role="status">
        <Icon name="check" size={18} />
        <span>{text.back}</span>
      </div>
    );
  }
  return (
    <div className={styles.banner} role="status">
      <Icon name={isKnownLoss ? 'warning' : 'clock'} size={18} />
      <span>
        {connection.name === 'offline' ? text.offline : isKnownLoss ? text.waiting : text.connecting}
      </span>
      {connection.name === 'waiting' && (
        <button type="button" onClick={() => client.connection.retry()}>
          {text.retry}
        </button>
      )}
    </div>
  );
}

function useShown(isOpen: boolean, isKnownLoss: boolean): 'nothing' | 'loss' | 'back' {
  const [shown, setShown] = useState<'nothing' | 'loss' | 'back'>('nothing');
  useEffect(() => {
    if (isOpen) {
      setShown((before) => (before === 'loss' ? 'back' : 'nothing'));
      const timer = setTimeout(() => setShown('nothing'), BACK_SHOWN_FOR);
      return () => clearTimeout(timer);
    }
    const timer = setTimeout(() => setShown('loss'), isKnownLoss ? 0 : PATIENCE);
    return () => clearTimeout(timer);
  }, [isOpen, isKnownLoss]);
  return shown;
}
