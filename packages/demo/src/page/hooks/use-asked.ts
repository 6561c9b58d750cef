import { useEffect, useState } from 'react';

/** What the server answers now and every few seconds; nothing while the page is hidden. Failures are silence. */
export function useAsked<Answer>(ask: () => Promise<Answer>, every: number): Answer | undefined {
  const [answer, setAnswer] = useState<Answer>();
  useEffect(() => {
    let isOver = false;
    const look = () => {
      if (document.visibilityState === 'hidden') return;
      ask().then(
        (found) => !isOver && setAnswer(found),
        () => {},
      );
    };
    look();
    const timer = setInterval(look, every);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [ask, every]);
  return answer;
}
