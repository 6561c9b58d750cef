import { useEffect } from 'react';

/** Leads the focus back to where it was before this was opened, unless it has gone elsewhere meanwhile. */
export function useFocusBack(): void {
  useEffect(() => {
    const opener = document.activeElement;
    return () => {
      if (document.activeElement === document.body && opener instanceof HTMLElement) opener.focus();
    };
  }, []);
}
