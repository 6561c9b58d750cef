import type { ReceiveSchedule, Waiting } from './receive-schedule.ts';

/** Frames of one connection that are served as they come, in one turn of the loop; no honest client sends more. */
const FRAMES_PER_TURN = 128;
/** Of those who wait, each has so many served before the next one's turn. */
const FRAMES_AT_ONCE = 16;

interface Frame {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** The socket behind it: while it is paused, the kernel holds what the client sends, and then the client itself. */
export interface Pausable {
  pause(): void;
  resume(): void;
}

/**
 * What one connection has received and not yet served. As a rule that is nothing. Frames beyond the share of a turn
 * wait, in their order, and nothing more is read from the socket until they are served.
 */
export class Inbox implements Waiting {
  readonly #schedule: ReceiveSchedule;
  readonly #socket: Pausable;
  readonly #receive: (data: Buffer, isBinary: boolean) => void;
  #turn = -1;
  #takenInTurn = 0;
  #frames: Frame[] = [];
  #served = 0;
  #isWaiting = false;
  #isClosed = false;

  constructor(
    schedule: ReceiveSchedule,
    socket: Pausable,
    receive: (data: Buffer, isBinary: boolean) => void,
  ) {
    this.#schedule = schedule;
    this.#socket = socket;
    this.#receive = receive;
  }

  /** Serves a frame now, or when its turn comes. */
  take(data: Buffer, isBinary: boolean): void {
    if (this.#isClosed) return;
    if (!this.#isWaiting && this.#isWithinShare()) this.#receive(data, isBinary);
    else this.#frames.push({ data, isBinary });
  }

  /** Counts a frame that needs no serving, such as a ping. */
  count(): void {
    if (!this.#isClosed && !this.#isWaiting) this.#isWithinShare();
  }

  serve(): boolean {
    for (let frames = 0; frames < FRAMES_AT_ONCE; frames++) {
      const frame = this.#frames[this.#served];
      if (frame === undefined || this.#isClosed) break;
      this.#served++;
      this.#receive(frame.data, frame.isBinary);
    }
    if (this.#served < this.#frames.length && !this.#isClosed) return true;
    this.#frames = [];
    this.#served = 0;
    this.#isWaiting = false;
    if (!this.#isClosed) this.#socket.resume();
    return false;
  }

  /** Nothing is served any more. */
  close(): void {
    this.#isClosed = true;
    // What ends the connection, the other side's goodbye, is still to be read.
    if (this.#isWaiting) this.#socket.resume();
    this.#frames = [];
    this.#served = 0;
  }

  #isWithinShare(): boolean {
    const { turn } = this.#schedule;
    if (turn !== this.#turn) {
      this.#turn = turn;
      this.#takenInTurn = 0;
    }
    if (++this.#takenInTurn <= FRAMES_PER_TURN) return true;
    this.#isWaiting = true;
    this.#socket.pause();
    this.#schedule.wait(this);
    return false;
  }
}
