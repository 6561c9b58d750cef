/** Rows to a chunk. */
export const CHUNK = 16_384;

/**
 * The end of the log, row by row, in chunks of plain numbers: as objects the same would take ten times the memory, and
 * the collector would stop the writing thread to look at them. Chunks are added as rows come, and dropped at the old end.
 */
export class RowWindow<Chunk> {
  readonly #make: () => Chunk;
  #chunks: Chunk[] = [];
  /** The number of the first chunk there is. */
  #first = 0;
  #newest = 0;

  constructor(make: () => Chunk) {
    this.#make = make;
  }

  /** 0 before the first. */
  get newest(): number {
    return this.#newest;
  }

  /** The chunk for a row that is newer than all others; its place there is `row % CHUNK`. */
  add(row: number): Chunk {
    const number = Math.floor(row / CHUNK);
    if (this.#chunks.length === 0) this.#first = number;
    while (this.#first + this.#chunks.length <= number) this.#chunks.push(this.#make());
    this.#newest = row;
    return this.at(row);
  }

  /** The chunk of a row that was added and not dropped. */
  at(row: number): Chunk {
    return this.#chunks[Math.floor(row / CHUNK) - this.#first] as Chunk;
  }

  has(row: number): boolean {
    return row <= this.#newest && row >= this.#first * CHUNK && this.#chunks.length > 0;
  }

  /** Forgets the newest row, so that it can be added once more. */
  takeBack(): void {
    this.#newest--;
  }

  /** Nobody will ask for a row up to this. */
  dropTo(row: number): void {
    const chunks = Math.min(this.#chunks.length, Math.floor((row + 1) / CHUNK) - this.#first);
    if (chunks <= 0) return;
    this.#chunks.splice(0, chunks);
    this.#first += chunks;
  }
}
