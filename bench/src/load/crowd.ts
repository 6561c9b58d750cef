import { CountingSocket } from './counting-socket.ts';
import type { Dialect } from './dialects.ts';
import { seconds } from './measure.ts';
import { stampedText, Tally } from './tally.ts';

/** An address has some 28,000 ports to connect from, so connections are spread over several of this machine's. */
const ADDRESSES = 5;
/** Connections that are being made at the same time. */
const AT_THE_DOOR = 64;
const TICK_MS = 2;
/** How long the last messages may take to arrive. */
const PATIENCE_MS = 30_000;

export interface CrowdOptions {
  readonly port: number;
  readonly dialect: Dialect;
  readonly members: number;
  readonly senders: number;
  readonly messageBytes: number;
  /** One member in so many has its messages timed. */
  readonly timedEvery: number;
}

/** Everybody in one room: a few of them talk, all the others listen. */
export class Crowd {
  readonly #options: CrowdOptions;
  readonly #tally: Tally;
  readonly #members: CountingSocket[] = [];
  #room = '';
  #sent = 0;

  private constructor(options: CrowdOptions) {
    this.#options = options;
    this.#tally = new Tally(options.messageBytes);
  }

  static async gather(options: CrowdOptions): Promise<Crowd> {
    const crowd = new Crowd(options);
    await Promise.race([crowd.#gather(), crowd.#tally.failed]);
    return crowd;
  }

  get deliveries(): number {
    return this.#tally.deliveries;
  }

  /** Keeps so many messages on their way: the next one is sent when another has reached everybody. */
  startTalking(inFlight: number): void {
    const each = this.#members.length - 1;
    const tally = this.#tally;
    tally.goal = tally.deliveries + each;
    tally.onGoal = () => {
      for (; tally.deliveries >= tally.goal; tally.goal += each) this.#say(performance.now());
    };
    for (let n = 0; n < inFlight; n++) this.#say(performance.now());
  }

  stopTalking(): void {
    this.#tally.goal = Number.POSITIVE_INFINITY;
  }

  /**
   * Talks at a steady rate for a while, whatever the server does. A message counts from when it was due, so that a
   * sender who is held up does not hide what that costs.
   */
  async talkAtRate(
    messagesPerSecond: number,
    duration: number,
  ): Promise<{ readonly p50: number; readonly p99: number }> {
    const interval = 1000 / messagesPerSecond;
    let due = performance.now();
    const ticking = setInterval(() => {
      for (const now = performance.now(); due <= now; due += interval) this.#say(due);
    }, TICK_MS);
    await seconds(0.5);
    this.#tally.startTiming();
    await seconds(duration);
    clearInterval(ticking);
    // What was sent before the end still counts: an overloaded server must not hide it by being late.
    await this.settled();
    return this.#tally.stopTiming();
  }

  /** Waits until every message has reached everybody else exactly once. @throws if one does not */
  async settled(): Promise<void> {
    const expected = this.#sent * (this.#members.length - 1);
    const until = performance.now() + PATIENCE_MS;
    while (this.#tally.deliveries < expected && performance.now() < until) {
      if (this.#tally.failure !== undefined) break;
      await seconds(0.02);
    }
    await seconds(0.2);
    if (this.#tally.failure !== undefined) throw this.#tally.failure;
    if (this.#tally.deliveries !== expected) {
      throw new Error(`${this.#tally.deliveries} deliveries instead of ${expected}.`);
    }
  }

  leave(): void {
    for (const member of this.#members) member.close();
  }

  async #gather(): Promise<void> {
    const { dialect, members, timedEvery } = this.#options;
    const first = await this.#connect(0);
    this.#room = await dialect.create(first);
    if (this.#room === '') throw new Error('A room needs a name.');
    let next = 0;
    await Promise.all(
      Array.from({ length: AT_THE_DOOR }, async () => {
        while (next < members) {
          const index = next++;
          const member = index === 0 ? first : await this.#connect(index);
          await dialect.enter(member, index, this.#room);
          member.isTimed = index % timedEvery === timedEvery - 1;
          member.isCounting = true;
          this.#members.push(member);
        }
      }),
    );
  }

  async #connect(index: number): Promise<CountingSocket> {
    const { port, dialect } = this.#options;
    const { path, subprotocol } = dialect;
    const host = `127.0.0.${1 + (index % ADDRESSES)}`;
    return CountingSocket.open(
      { host, port, path, ...(subprotocol !== undefined && { subprotocol }) },
      this.#tally,
    );
  }

  #say(due: number): void {
    const { dialect, senders, messageBytes } = this.#options;
    const sender = this.#members[this.#sent++ % senders];
    if (sender !== undefined) dialect.say(sender, this.#room, stampedText(due, messageBytes));
  }
}
