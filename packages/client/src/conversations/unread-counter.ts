interface Counted {
  readonly id: string | undefined;
  readonly timestamp: number;
  readonly isMention: boolean;
}

/**
 * How much a client has not read in one conversation. The server tells at times how it stands as of some message;
 * later messages are counted here. A message that is part of what the server told is never counted again, whichever of
 * the two arrives first.
 */
export class UnreadCounter {
  #told = { count: 0, isMention: false };
  #asOf = 0;
  #computedAt = 0;
  #later: readonly Counted[] = [];

  /** The time of the newest message that is part of what the server told. */
  get asOf(): number {
    return this.#asOf;
  }

  get count(): number {
    return this.#told.count + this.#later.length;
  }

  get isMentioned(): boolean {
    return this.#told.isMention || this.#later.some(({ isMention }) => isMention);
  }

  /**
   * @param asOf the time of the newest message that is included, in milliseconds
   * @param computedAt when the server counted, which may be long after that message
   */
  told(count: number, isMention: boolean, asOf: number, computedAt = asOf): void {
    this.#told = { count, isMention };
    this.#asOf = asOf;
    this.#computedAt = computedAt;
    this.#later = this.#later.filter(({ timestamp }) => timestamp > asOf);
  }

  /**
   * Who is no member has nothing to read. A client that was away may hear of this only after the server counted what it
   * has to read since it is a member again.
   */
  left(at: number): void {
    if (this.#computedAt <= at) this.told(0, false, at);
  }

  /** The server is about to tell of every conversation in which something is unread, and of none in which nothing is. */
  forget(): void {
    this.told(0, false, Math.max(this.#asOf, ...this.#later.map(({ timestamp }) => timestamp)));
  }

  arrived(message: Counted): void {
    if (message.timestamp > this.#asOf) this.#later = [...this.#later, message];
  }

  /**
   * An edit or a recall counts as much as before, and may mention somebody else. Of several that the server counted
   * nobody knows here which of them were mentions: they stay one until the server counts again.
   */
  changed({ id, timestamp, isMention }: Counted): void {
    this.#later = this.#later.map((each) => (each.id === id ? { ...each, isMention } : each));
    const { count } = this.#told;
    if (count === 1 && timestamp === this.#asOf) this.#told = { count, isMention };
  }
}
