import type { ButtonHTMLAttributes } from 'react';
import styles from './button.module.css';
import { Icon, type IconName } from './icon.tsx';

type Native = ButtonHTMLAttributes<HTMLButtonElement>;

export function Button({
  look = 'plain',
  ...rest
}: Native & { readonly look?: 'plain' | 'strong' | 'danger' }) {
  return <button type="button" className={`${styles.button} ${styles[look]}`} {...rest} />;
}

/** A button that shows a picture; what it does is its label, which is its tooltip as well. */
export function IconButton({
  icon,
  label,
  size,
  ...rest
}: Native & { readonly icon: IconName; readonly label: string; readonly size?: number }) {
  return (
    <button type="button" className={styles.icon} aria-label={label} title={label} {...rest}>
      <Icon name={icon} {...(size !== undefined && { size })} />
    </button>
  );
}
