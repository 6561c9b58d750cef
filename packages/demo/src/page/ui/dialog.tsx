import { type ReactNode, useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { useFocusBack } from '../hooks/use-focus-back.ts';
import { IconButton } from './button.tsx';
import styles from './dialog.module.css';

export interface DialogProps {
  readonly title: string;
  readonly closeLabel: string;
  readonly close: () => void;
  /** As wide as the window lets it, for pictures. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/**
 * In front of everything, and part of nothing, so that it does not look like what it was opened from. The browser keeps
 * the focus inside and takes Escape for "close".
 */
export function Dialog({ title, closeLabel, close, isWide = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useFocusBack();
  useEffect(() => {
    dialog.current?.showModal();
    // The browser would take the first button, which closes the dialog.
    dialog.current?.querySelector('input')?.focus();
  }, []);
  return createPortal(
    <dialog
      ref={dialog}
      className={styles.dialog}
      data-wide={isWide}
      aria-label={title}
      onCancel={(event) => {
        // Left to the browser the dialog is gone before it says so, and what a fast key opens in between closes again.
        event.preventDefault();
        close();
      }}
      onClose={close}
      onPointerDown={(event) => event.target === dialog.current && close()}
    >
      <div className={styles.body}>
        <header className={styles.head}>
          <h2>{title}</h2>
          <IconButton icon="close" label={closeLabel} onClick={close} />
        </header>
        {children}
      </div>
    </dialog>,
    document.body,
  );
}
