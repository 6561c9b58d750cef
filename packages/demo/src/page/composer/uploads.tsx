import type { CSSProperties, SyntheticEvent } from 'react';
import { useText } from '../settings/settings.tsx';
import { IconButton } from '../ui/button.tsx';
import styles from './uploads.module.css';
import type { Upload } from './use-uploads.ts';

export interface UploadsProps {
  readonly of: readonly Upload[];
  readonly cancel: (upload: Upload) => void;
}

/** What is shown needs no address any more. */
const forget = ({ currentTarget }: SyntheticEvent<HTMLImageElement>) =>
  URL.revokeObjectURL(currentTarget.src);

/** Pictures on their way. */
export function Uploads({ of, cancel }: UploadsProps) {
  const { composer } = useText();
  if (of.length === 0) return null;
  return (
    <ul className={styles.uploads}>
      {of.map((upload) => (
        <li key={upload.id} className={styles.upload}>
          <img src={upload.preview} alt="" onLoad={forget} onError={forget} />
          <span
            className={styles.bar}
            role="progressbar"
            aria-label={composer.uploading(upload.name)}
            aria-valuenow={Math.round(upload.progress * 100)}
            style={{ '--progress': upload.progress } as CSSProperties}
          />
          <IconButton icon="close" size={14} label={composer.cancelUpload} onClick={() => cancel(upload)} />
        </li>
      ))}
    </ul>
  );
}
