import { Component, type ReactNode, type RefObject } from 'react';

/** As near to the end that the reader means to be at it, in pixels. */
const NEAR_END = 48;

/** What the reader sees: the end, or a row at this distance from the top. */
type Place =
  | { readonly name: 'end' }
  | { readonly name: 'row'; readonly key: string; readonly offset: number };

export interface SteadyProps {
  readonly scroller: RefObject<HTMLElement | null>;
  /** Changes with what is in the rows. */
  readonly items: readonly unknown[];
  readonly isAtEnd: (isAtEnd: boolean) => void;
  /** Told how much is above what is seen, when that changes. */
  readonly near: (pixelsAbove: number) => void;
  /** Rows, told apart by `data-key`. */
  readonly children: ReactNode;
}

/**
 * Keeps what somebody reads where it is while messages come before and after it, and follows the end while that is in
 * view. A class, because only a class can look at the page in the moment before React changes it; scroll events come
 * too late for that, and whoever scrolls while many talk would be pulled back. By hand, because browsers anchor
 * differently and, at the very top, not at all.
 */
export class Steady extends Component<SteadyProps> {
  #place: Place = { name: 'end' };
  #observer: ResizeObserver | undefined;
  #rows: HTMLOListElement | null = null;

  override componentDidMount(): void {
    // Pictures arrive, the keyboard of a phone opens, the window changes.
    this.#observer = new ResizeObserver(() => this.#settle());
    const { scroller } = this.props;
    if (scroller.current !== null) this.#observer.observe(scroller.current);
    if (this.#rows !== null) this.#observer.observe(this.#rows);
    scroller.current?.addEventListener('scroll', this.#scrolled, { passive: true });
    this.#settle();
  }

  override componentWillUnmount(): void {
    this.#observer?.disconnect();
    this.props.scroller.current?.removeEventListener('scroll', this.#scrolled);
  }

  override getSnapshotBeforeUpdate(): null {
    this.#look();
    return null;
  }

  override componentDidUpdate(): void {
    this.#settle();
    this.#tell();
  }

  /** Goes to the newest message, and stays there. */
  toEnd(): void {
    this.#place = { name: 'end' };
    this.#settle();
    this.#tell();
  }

  readonly #scrolled = (): void => {
    this.#look();
    this.#tell();
  };

  #tell(): void {
    const { scroller, isAtEnd, near } = this.props;
    isAtEnd(this.#place.name === 'end');
    near(scroller.current?.scrollTop ?? 0);
  }

  #look(): void {
    const view = this.props.scroller.current;
    if (view === null || this.#rows === null) return;
    const below = view.scrollHeight - view.scrollTop - view.clientHeight;
    const row = firstVisible(this.#rows, view.scrollTop);
    const key = row?.dataset.key;
    this.#place =
      below < NEAR_END || row === undefined || key === undefined
        ? { name: 'end' }
        : { name: 'row', key, offset: row.offsetTop - view.scrollTop };
  }

  #settle(): void {
    const view = this.props.scroller.current;
    if (view === null || this.#rows === null) return;
    const top = topOf(this.#place, view, this.#rows);
    if (Math.abs(view.scrollTop - top) >= 1) view.scrollTop = top;
  }

  override render(): ReactNode {
    return (
      <ol
        ref={(rows) => {
          this.#rows = rows;
        }}
      >
        {this.props.children}
      </ol>
    );
  }
}

function topOf(place: Place, view: HTMLElement, rows: HTMLElement): number {
  if (place.name === 'end') return view.scrollHeight - view.clientHeight;
  const row = rows.querySelector<HTMLElement>(`[data-key="${CSS.escape(place.key)}"]`);
  return row === null ? view.scrollTop : row.offsetTop - place.offset;
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
