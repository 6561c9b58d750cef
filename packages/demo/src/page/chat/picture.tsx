import type { FileReference } from '@parley/client';
import { type CSSProperties, useState } from 'react';
import { useText } from '../settings/settings.tsx';
import { Dialog } from '../ui/dialog.tsx';
import styles from './picture.module.css';
import { safeLink } from './safe-link.ts';

const STANDARD = { width: 320, height: 240 };

/** A picture in a bubble. It has its place before it has its bytes, so that nothing jumps. */
export function Picture({ file }: { readonly file: FileReference }) {
  const { message, close } = useText();
  const [isShown, setIsShown] = useState(false);
  const { width, height } = file.width && file.height ? { width: file.width, height: file.height } : STANDARD;
  const source = safeLink(file.url);
  const style = { '--ratio': width / height } as CSSProperties;
  return (
    <>
      <button
        type="button"
        className={styles.thumbnail}
        style={style}
        aria-label={message.openPicture}
        onClick={() => setIsShown(true)}
      >
        <img src={source} alt={file.name ?? message.picture} decoding="async" />
      </button>
      {isShown && (
        <Dialog
          title={file.name ?? message.picture}
          closeLabel={close}
          close={() => setIsShown(false)}
          isWide
        >
          <img className={styles.large} src={source} alt={file.name ?? message.picture} />
        </Dialog>
      )}
    </>
  );
}
