import { quantile } from './measure.ts';

const MARK = 'due=';
const DIGITS = 16;

/** What all sockets of a crowd have received together. */
export class Tally {
  /** A frame of at least this many bytes is a message. */
  readonly messageBytes: number;
  deliveries = 0;
  /** Called as soon as {@link deliveries} has reached {@link goal}, which it is to raise. */
  onGoal: () => void = () => {};
  goal = Number.POSITIVE_INFINITY;
  failure: Error | undefined;
  /** Rejects when something fails. */
  readonly failed: Promise<never>;
  #reject: (reason: Error) => void = () => {};
  #isTiming = false;
  #latencies: number[] = [];

  constructor(messageBytes: number) {
    this.messageBytes = messageBytes;
    this.failed = new Promise((_, reject) => {
      this.#reject = reject;
    });
    // Whoever waits for something else at that moment looks at `failure`.
    this.failed.catch(() => {});
  }

  add(messages: number): void {
    this.deliveries += messages;
    if (this.deliveries >= this.goal) this.onGoal();
  }

  /** Reads the time a message was due off its payload; the mark is where the protocol put the text. */
  time(payload: Buffer): void {
    if (!this.#isTiming) return;
    const at = payload.indexOf(MARK, 0, 'latin1') + MARK.length;
    this.#latencies.push(performance.now() - Number(payload.toString('latin1', at, at + DIGITS)));
  }

  startTiming(): void {
    this.#isTiming = true;
    this.#latencies = [];
  }

  stopTiming(): { readonly p50: number; readonly p99: number } {
    this.#isTiming = false;
    const sorted = Float64Array.from(this.#latencies).sort();
    return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
  }

  /** The first reason is the one that counts. */
  fail(reason: Error): void {
    this.failure ??= reason;
    this.#reject(reason);
  }
}

/** A message of `bytes` characters that tells when it was due. */
export function stampedText(due: number, bytes: number): string {
  return `${MARK}${due.toFixed(4).padStart(DIGITS, '0')} `.padEnd(bytes, 'x');
}
