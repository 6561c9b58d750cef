import type { MessageIndex } from './message-index.ts';
import type { SendTokens } from './send-tokens.ts';

/**
 * Messages that may wait to be indexed while commits have precedence, as they have under any load that a machine can
 * bear for long. So many take fifty megabytes of memory, and seconds when the store was killed or is closed. Beyond,
 * more is indexed at a time than was committed since, so that commits get slower instead.
 */
const MOST_WAITING = 2_000_000;
/**
 * How long, in messages and in milliseconds, the index lags behind on purpose: the more of a conversation waits, the
 * fewer pages are written for each message of it.
 */
const INDEX_AFTER_MESSAGES = MOST_WAITING / 2;
const INDEX_AFTER = 15_000;
/** Messages that are indexed at a time, for which commits have to wait: some five milliseconds. */
const SLICE = 1024;
/** Milliseconds that are left to commits, if there are any, before the next slice. */
const PAUSE = 10;
/** Milliseconds until it is tried again after a failure. */
const RETRY = 1000;

type Index = Pick<MessageIndex, 'pending' | 'newestRow' | 'settleUpTo'>;
type Tokens = Pick<SendTokens, 'isDue' | 'writeSome'>;

/** Does work in a transaction of its own, which need not be on the disk yet when it returns. */
type Transact = <Result>(work: () => Result) => Result;

/** When what follows the log late is brought up to date: slice by slice, beside commits, which come first. */
export class IndexSchedule {
  readonly #index: Index;
  readonly #tokens: Tokens;
  readonly #transact: Transact;
  /** While the index is being brought up to date: as far as this row. */
  #indexingTo: number | undefined;
  #isSlicing = false;
  #isStopped = false;
  #callsSinceSlice = 0;
  #indexTimer: NodeJS.Timeout | undefined;
  #sliceTimer: NodeJS.Timeout | undefined;

  constructor(index: Index, tokens: Tokens, transact: Transact) {
    this.#index = index;
    this.#tokens = tokens;
    this.#transact = transact;
  }

  /** To be called after every batch of calls. */
  committed(calls: number): void {
    this.#callsSinceSlice += calls;
    if (this.#index.pending >= INDEX_AFTER_MESSAGES) this.#startIndexing();
    else if (this.#index.pending > 0)
      this.#indexTimer ??= setTimeout(() => this.#startIndexing(), INDEX_AFTER);
    if (this.#tokens.isDue) this.#startSlices();
  }

  stop(): void {
    clearTimeout(this.#indexTimer);
    clearTimeout(this.#sliceTimer);
    this.#isStopped = true;
  }

  #startIndexing(): void {
    clearTimeout(this.#indexTimer);
    this.#indexTimer = undefined;
    this.#indexingTo ??= this.#index.newestRow;
    this.#startSlices();
  }

  #startSlices(): void {
    if (this.#isSlicing) return;
    this.#isSlicing = true;
    this.#slice();
  }

  #slice(): void {
    const isLate = this.#index.pending > MOST_WAITING;
    const catchingUp = Math.max(SLICE, this.#callsSinceSlice * 2);
    this.#callsSinceSlice = 0;
    const upTo = this.#indexingTo;
    try {
      const hasMore = this.#transact(() => {
        const tokens = this.#tokens.writeSome(catchingUp);
        const messages = upTo !== undefined && this.#index.settleUpTo(upTo, isLate ? catchingUp : SLICE);
        return { tokens, messages };
      });
      if (!hasMore.messages) this.#indexingTo = undefined;
      if (hasMore.tokens || hasMore.messages) setImmediate(() => this.#next());
      else this.#isSlicing = false;
    } catch {
      // A full disk, say. Nothing is lost: the log is the truth, and it is tried again.
      this.#sliceTimer = setTimeout(() => this.#slice(), RETRY);
    }
  }

  #next(): void {
    if (this.#isStopped) return;
    const isLate = this.#index.pending > MOST_WAITING;
    if (this.#callsSinceSlice > 0 && !isLate) this.#sliceTimer = setTimeout(() => this.#slice(), PAUSE);
    else this.#slice();
  }
}
