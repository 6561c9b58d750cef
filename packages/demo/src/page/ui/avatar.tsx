import type { CSSProperties } from 'react';
import styles from './avatar.module.css';
import { Icon, type IconName } from './icon.tsx';

export interface AvatarProps {
  readonly name: string;
  readonly icon?: IconName | undefined;
  readonly size?: number;
  readonly isOnline?: boolean | undefined;
}

/** The first letter of a name on a colour that belongs to it. Says nothing: the name stands beside it. */
export function Avatar({ name, icon, size = 44, isOnline }: AvatarProps) {
  const style = { '--hue': hueOf(name), '--size': `${size}px` } as CSSProperties;
  return (
    <span className={styles.avatar} style={style} aria-hidden="true">
      {icon === undefined ? initialOf(name) : <Icon name={icon} size={size * 0.5} />}
      {isOnline === true && <span className={styles.dot} />}
    </span>
  );
}

export function hueOf(name: string): number {
  let hash = 7;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 3600;
  return hash % 360;
}

function initialOf(name: string): string {
  const [first] = [...new Intl.Segmenter().segment(name.trim())];
  return first?.segment.toUpperCase() ?? '?';
}
