import { ParleyError } from '@parley/client';
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import { useText } from '../settings/settings.tsx';
import styles from './toasts.module.css';

interface Toast {
  readonly id: number;
  readonly sentence: string;
}

const SHOWN_FOR = 6_000;
const MOST = 3;

const Context = createContext<(sentence: string) => void>(() => {});

/** Says a sentence at the edge of the page for a while. */
export function useToast(): (sentence: string) => void {
  return useContext(Context);
}

/** Runs what may fail, and says why it did. */
export function useAttempt(): (action: () => Promise<unknown>) => void {
  const toast = useToast();
  const { failure } = useText();
  return useCallback(
    (action) => {
      action().catch((error: unknown) => {
        toast(failure.action(error instanceof ParleyError ? error.message : String(error)));
      });
    },
    [toast, failure],
  );
}

export function Toasts({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const show = useCallback((sentence: string) => {
    const toast = { id: Math.random(), sentence };
    setToasts((others) => [...others, toast].slice(-MOST));
    setTimeout(() => setToasts((others) => others.filter((other) => other !== toast)), SHOWN_FOR);
  }, []);
  return (
    <Context value={show}>
      {children}
      <div className={styles.toasts} role="status">
        {toasts.map(({ id, sentence }) => (
          <p key={id} className={styles.toast}>
            {sentence}
          </p>
        ))}
      </div>
    </Context>
  );
}
