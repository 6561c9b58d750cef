import type { Urgency } from '../session/connection.ts';
import type { FrameJoiner } from './frame-joiner.ts';
import { pongSize } from './frames.ts';

/** What a congested connection may hold before frames that can be spared are dropped, in bytes on the wire. */
export interface BacklogLimits {
  /** Above this, `low` frames are dropped. */
  readonly lowQueuedBytes: number;
  /** Above this, `normal` frames are dropped too. */
  readonly normalQueuedBytes: number;
}

/** How many frames were dropped; shared by all connections of a gateway. */
export interface DropCounters {
  low: number;
  normal: number;
}

/** Above this, what held a long queue is let go when it has been written. */
const KEPT_PLACES = 64;

/**
 * What one connection is about to be sent. Frames come out joined, as many as fit into one buffer, because a write
 * to a socket costs the same for one frame as for thirty.
 *
 * A frame takes a place in three arrays rather than being an object: a message to a big room would be thousands of
 * them. What is dropped leaves an empty place. Oldest first, because somebody who catches up with a live room is
 * better served by what is being said now.
 */
export class OutboundQueue {
  /** On the wire, control frames aside. */
  bytes = 0;

  readonly #joiner: FrameJoiner;
  #heads: Uint8Array[] = [];
  /** Undefined where the frame was dropped. */
  #bodies: (Uint8Array | undefined)[] = [];
  #urgencies: Urgency[] = [];
  /** The places in use. */
  #first = 0;
  #end = 0;
  #empty = 0;
  /** No frame of this urgency is in a place before. */
  #lowFrom = 0;
  #normalFrom = 0;
  #pong: Uint8Array | undefined;

  constructor(joiner: FrameJoiner) {
    this.#joiner = joiner;
  }

  get isEmpty(): boolean {
    return this.bytes === 0 && this.#pong === undefined;
  }

  push(head: Uint8Array, body: Uint8Array, urgency: Urgency): void {
    this.#heads[this.#end] = head;
    this.#bodies[this.#end] = body;
    this.#urgencies[this.#end] = urgency;
    this.#end++;
    this.bytes += this.#size(head, body);
  }

  /** Answers a ping. Only the latest one needs an answer (RFC 6455 §5.5.3), so a flood of pings cannot pile up. */
  pong(payload: Uint8Array): void {
    this.#pong = payload;
  }

  /** Makes room by dropping what may be dropped: `low` first, then `normal`, `required` never. */
  shed(limits: BacklogLimits, dropped: DropCounters): void {
    if (this.bytes > limits.lowQueuedBytes) {
      const before = this.#empty;
      this.#lowFrom = this.#drop('low', this.#lowFrom, limits.lowQueuedBytes);
      dropped.low += this.#empty - before;
    }
    if (this.bytes > limits.normalQueuedBytes) {
      const before = this.#empty;
      this.#normalFrom = this.#drop('normal', this.#normalFrom, limits.normalQueuedBytes);
      dropped.normal += this.#empty - before;
    }
    if (this.#empty * 2 > this.#end - this.#first + KEPT_PLACES) this.#compact();
  }

  /**
   * Takes the next frames, in the order they were queued, as one buffer of at most `capacity` bytes; a single frame
   * that is larger comes alone. A pong goes in front: control frames may overtake messages.
   */
  take(capacity: number): Buffer | undefined {
    if (this.isEmpty) return undefined;
    const pong = this.#pong;
    this.#pong = undefined;
    let size = pong === undefined ? 0 : pongSize(pong);
    for (; this.#first < this.#end; this.#first++) {
      const head = this.#heads[this.#first] as Uint8Array;
      const body = this.#bodies[this.#first];
      if (body === undefined) {
        this.#empty--;
        continue;
      }
      const frameSize = this.#size(head, body);
      if (size > 0 && size + frameSize > capacity) break;
      this.#joiner.add(head, body, frameSize);
      this.#bodies[this.#first] = undefined;
      this.bytes -= frameSize;
      size += frameSize;
    }
    if (this.#first === this.#end) this.#reset();
    else if (this.#first > KEPT_PLACES && this.#first * 2 > this.#end) this.#compact();
    return this.#joiner.join(pong);
  }

  #size(head: Uint8Array, body: Uint8Array): number {
    return this.#joiner.format.size(head.length + body.length);
  }

  /** Answers the first place that may hold another of the urgency. */
  #drop(urgency: Urgency, from: number, limit: number): number {
    let place = Math.max(from, this.#first);
    for (; this.bytes > limit && place < this.#end; place++) {
      const body = this.#bodies[place];
      if (body === undefined || this.#urgencies[place] !== urgency) continue;
      this.bytes -= this.#size(this.#heads[place] as Uint8Array, body);
      this.#bodies[place] = undefined;
      this.#empty++;
    }
    return place;
  }

  /** All places are free again. */
  #reset(): void {
    if (this.#end > KEPT_PLACES) {
      this.#heads = [];
      this.#bodies = [];
      this.#urgencies = [];
    }
    this.#first = 0;
    this.#end = 0;
    this.#empty = 0;
    this.#lowFrom = 0;
    this.#normalFrom = 0;
  }

  /** Closes the gaps: places that were taken or dropped cost memory as long as something waits behind them. */
  #compact(): void {
    const heads = this.#heads;
    const bodies = this.#bodies;
    const urgencies = this.#urgencies;
    const end = this.#end;
    let place = this.#first;
    this.#heads = [];
    this.#bodies = [];
    this.#urgencies = [];
    this.#reset();
    for (; place < end; place++) {
      if (bodies[place] === undefined) continue;
      this.#heads.push(heads[place] as Uint8Array);
      this.#bodies.push(bodies[place]);
      this.#urgencies.push(urgencies[place] as Urgency);
      this.#end++;
    }
  }
}
