import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** As near to the end that the reader means to be at it, in pixels. */
const NEAR_END = 48;

export interface SteadyScroll {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly content: RefObject<HTMLOListElement | null>;
  readonly onScroll: () => void;
  /** Whether the newest message is in view. */
  readonly isAtEnd: boolean;
  readonly toEnd: () => void;
}

/**
 * Keeps what somebody reads where it is while messages come before and after it, and follows the end while that is in
 * view. Rows are told apart by `data-key`. By hand, because browsers anchor differently or, at the very top, not at all.
 */
export function useSteadyScroll(
  items: readonly unknown[],
  near: (pixelsAbove: number) => void,
): SteadyScroll {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLOListElement>(null);
  const anchor = useRef<{ readonly row: string; readonly offset: number }>(undefined);
  const follows = useRef(true);
  const [isAtEnd, setIsAtEnd] = useState(true);

  const settle = useCallback(() => {
    const [view, rows] = [scroller.current, content.current];
    if (view === null || rows === null) return;
    if (follows.current) {
      view.scrollTop = view.scrollHeight;
      return;
    }
    const wanted = anchor.current;
    const row = wanted && rows.querySelector<HTMLElement>(`[data-key="${CSS.escape(wanted.row)}"]`);
    if (wanted === undefined || !row) return;
    const top = row.offsetTop - wanted.offset;
    if (Math.abs(view.scrollTop - top) >= 1) view.scrollTop = top;
  }, []);

  const onScroll = useCallback(() => {
    const [view, rows] = [scroller.current, content.current];
    if (view === null || rows === null) return;
    const below = view.scrollHeight - view.scrollTop - view.clientHeight;
    follows.current = below < NEAR_END;
    setIsAtEnd(follows.current);
    const row = firstVisible(rows, view.scrollTop);
    anchor.current =
      row?.dataset.key === undefined
        ? undefined
        : { row: row.dataset.key, offset: row.offsetTop - view.scrollTop };
    near(view.scrollTop);
  }, [near]);

  const toEnd = useCallback(() => {
    follows.current = true;
    setIsAtEnd(true);
    settle();
  }, [settle]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: with each other list of rows
  useLayoutEffect(settle, [items, settle]);

  useEffect(() => {
    // Pictures arrive, the keyboard of a phone opens, the window changes.
    const observer = new ResizeObserver(settle);
    if (scroller.current !== null) observer.observe(scroller.current);
    if (content.current !== null) observer.observe(content.current);
    return () => observer.disconnect();
  }, [settle]);

  return { scroller, content, onScroll, isAtEnd, toEnd };
}

/** By halving: rows are in order, and there may be thousands. */
function firstVisible(rows: HTMLElement, scrollTop: number): HTMLElement | undefined {
  const { children } = rows;
  let [low, high] = [0, children.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = children[middle] as HTMLElement;
    if (row.offsetTop + row.offsetHeight > scrollTop) high = middle;
    else low = middle + 1;
  }
  return children[low] as HTMLElement | undefined;
}
