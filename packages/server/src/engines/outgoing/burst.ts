const QUIET_MS = 60_000;

/** Of many failures in a row, one is worth telling, and one more a minute later. */
export class Burst {
  #toldAt: number | undefined;

  isNew(): boolean {
    const now = performance.now();
    if (this.#toldAt !== undefined && now - this.#toldAt < QUIET_MS) return false;
    this.#toldAt = now;
    return true;
  }
}
