import type { Urgency } from '../session/connection.ts';
import { type FrameFormat, pongSize, writePong } from './frames.ts';

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

interface QueuedFrame {
  readonly head: Uint8Array;
  readonly body: Uint8Array;
  /** On the wire. */
  readonly size: number;
  /** Position among all frames of the connection, which the three lanes together have to keep. */
  readonly order: number;
  next: QueuedFrame | undefined;
}

/**
 * What one connection is about to be sent. Frames come out joined, as many as fit into one buffer, because a write
 * to a socket costs the same for one frame as for thirty.
 *
 * Frames wait in one lane per urgency, so that dropping the oldest of a kind is a step and not a search. Oldest
 * first, because somebody who catches up with a live room is better served by what is being said now.
 */
export class OutboundQueue {
  /** On the wire, control frames aside. */
  bytes = 0;

  readonly #format: FrameFormat;
  readonly #required = new Lane();
  readonly #normal = new Lane();
  readonly #low = new Lane();
  #order = 0;
  #pong: Uint8Array | undefined;

  constructor(format: FrameFormat) {
    this.#format = format;
  }

  get isEmpty(): boolean {
    return this.bytes === 0 && this.#pong === undefined;
  }

  push(head: Uint8Array, body: Uint8Array, urgency: Urgency): void {
    const size = this.#format.size(head.length + body.length);
    this.#lane(urgency).add({ head, body, size, order: this.#order++, next: undefined });
    this.bytes += size;
  }

  /** Answers a ping. Only the latest one needs an answer (RFC 6455 §5.5.3), so a flood of pings cannot pile up. */
  pong(payload: Uint8Array): void {
    this.#pong = payload;
  }

  /** Makes room by dropping what may be dropped: `low` first, then `normal`, `required` never. */
  shed(limits: BacklogLimits, dropped: DropCounters): void {
    dropped.low += this.#trim(this.#low, limits.lowQueuedBytes);
    dropped.normal += this.#trim(this.#normal, limits.normalQueuedBytes);
  }

  /**
   * Takes the next frames, in the order they were queued, as one buffer of at most `capacity` bytes; a single frame
   * that is larger comes alone. A pong goes in front: control frames may overtake messages.
   */
  take(capacity: number): Buffer | undefined {
    if (this.isEmpty) return undefined;
    const batch: QueuedFrame[] = [];
    let size = this.#pong === undefined ? 0 : pongSize(this.#pong);
    for (let lane = this.#oldest(); lane?.first !== undefined; lane = this.#oldest()) {
      if (size > 0 && size + lane.first.size > capacity) break;
      size += lane.first.size;
      this.bytes -= lane.first.size;
      batch.push(lane.first);
      lane.removeFirst();
    }
    const joined = Buffer.allocUnsafe(size);
    let offset = 0;
    if (this.#pong !== undefined) offset = writePong(joined, offset, this.#pong);
    this.#pong = undefined;
    for (const frame of batch) offset = this.#format.write(joined, offset, frame.head, frame.body);
    return joined;
  }

  #lane(urgency: Urgency): Lane {
    if (urgency === 'required') return this.#required;
    return urgency === 'normal' ? this.#normal : this.#low;
  }

  /** The lane whose first frame was queued before those of the others; undefined when all are empty. */
  #oldest(): Lane | undefined {
    let oldest: Lane | undefined;
    let order = Number.POSITIVE_INFINITY;
    if (this.#required.first !== undefined) {
      oldest = this.#required;
      order = this.#required.first.order;
    }
    if (this.#normal.first !== undefined && this.#normal.first.order < order) {
      oldest = this.#normal;
      order = this.#normal.first.order;
    }
    if (this.#low.first !== undefined && this.#low.first.order < order) oldest = this.#low;
    return oldest;
  }

  #trim(lane: Lane, limit: number): number {
    let dropped = 0;
    while (this.bytes > limit && lane.first !== undefined) {
      this.bytes -= lane.first.size;
      lane.removeFirst();
      dropped++;
    }
    return dropped;
  }
}

/** First in, first out. A linked list: nothing to compact, and an empty one costs two words. */
class Lane {
  first: QueuedFrame | undefined;
  #last: QueuedFrame | undefined;

  add(frame: QueuedFrame): void {
    if (this.#last === undefined) this.first = frame;
    else this.#last.next = frame;
    this.#last = frame;
  }

  removeFirst(): void {
    this.first = this.first?.next;
    if (this.first === undefined) this.#last = undefined;
  }
}
