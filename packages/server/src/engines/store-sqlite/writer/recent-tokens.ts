import { CHUNK, RowWindow } from './row-window.ts';

/** A power of two. */
const BUCKETS = 2 ** 19;

const HASH = 0;
/** How many rows before it is the one before it whose hash is in the same bucket; 0 where there is none. */
const TO_SAME_BUCKET = 1;
const NUMBERS = 2;

/** The hashes of the send tokens at the end of the log. Rows of one bucket are a chain from the newest back. */
export class RecentTokens {
  readonly #window = new RowWindow(() => new Float64Array(CHUNK * NUMBERS));
  /** The newest row of each bucket. */
  readonly #buckets = new Float64Array(BUCKETS);

  /** 0 before the first. */
  get newestRow(): number {
    return this.#window.newest;
  }

  /** @param hash 0 where the message has no token */
  add(row: number, hash: number): void {
    const numbers = this.#window.add(row);
    const at = (row % CHUNK) * NUMBERS;
    numbers[at + HASH] = hash;
    if (hash === 0) return;
    const before = this.#buckets[hash % BUCKETS] as number;
    numbers[at + TO_SAME_BUCKET] = this.#window.has(before) ? row - before : 0;
    this.#buckets[hash % BUCKETS] = row;
  }

  /** Rows before the first that was added are not there. */
  has(row: number): boolean {
    return this.#window.has(row);
  }

  /** 0 where the message has no token. */
  hashOf(row: number): number {
    return this.#number(row, HASH);
  }

  /** The rows with a hash, the newest first, and `limit` of them at most. */
  rowsOf(hash: number, limit: number): number[] {
    const rows: number[] = [];
    let row = this.#buckets[hash % BUCKETS] as number;
    while (this.#window.has(row)) {
      if (this.hashOf(row) === hash && rows.push(row) === limit) break;
      const distance = this.#number(row, TO_SAME_BUCKET);
      if (distance === 0) break;
      row -= distance;
    }
    return rows;
  }

  /** Forgets the rows after this one. */
  takeBackTo(row: number): void {
    while (this.newestRow > row && this.#window.has(this.newestRow)) {
      const newest = this.newestRow;
      const hash = this.hashOf(newest);
      if (hash !== 0) {
        const distance = this.#number(newest, TO_SAME_BUCKET);
        this.#buckets[hash % BUCKETS] = distance === 0 ? 0 : newest - distance;
      }
      this.#window.takeBack();
    }
  }

  dropTo(row: number): void {
    this.#window.dropTo(row);
  }

  #number(row: number, which: number): number {
    return this.#window.at(row)[(row % CHUNK) * NUMBERS + which] as number;
  }
}
