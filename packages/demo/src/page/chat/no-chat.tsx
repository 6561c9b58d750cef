import { useText } from '../settings/settings.tsx';
import styles from './no-chat.module.css';

export function NoChat() {
  const { chat } = useText();
  return (
    <div className={styles.empty}>
      <img src="/demo/icon.svg" alt="" width="72" height="72" />
      <h2>{chat.none}</h2>
      <p>{chat.noneHint}</p>
    </div>
  );
}
