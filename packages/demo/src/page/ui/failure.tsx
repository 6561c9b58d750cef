import { Button } from './button.tsx';
import styles from './failure.module.css';

export function Failure({
  sentence,
  action,
  act,
}: {
  readonly sentence: string;
  readonly action: string;
  readonly act: () => void;
}) {
  return (
    <div className={styles.failure} role="alert">
      <p>{sentence}</p>
      <Button onClick={act}>{action}</Button>
    </div>
  );
}
