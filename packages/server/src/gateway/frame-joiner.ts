import { type FrameFormat, pongSize, writePong } from './frames.ts';

/** Joined frames as they lie in a buffer that is used again. */
interface Joined {
  readonly buffer: Buffer;
  /** The part of the buffer that is filled. */
  filled: Buffer;
  readonly bodies: Uint8Array[];
  readonly headsAt: number[];
  readonly headLengths: number[];
  /** Somebody else may still read the buffer. */
  isLent: boolean;
}

/** The smallest buffer. Others are twice as large, and so on: one that a slow socket holds on to is never much too large. */
const SMALLEST = 256;
/** How many buffers of a size are kept, by the length of the first head: heads differ by the name of a client. */
const KEPT = 16;

/**
 * Joins frames into the one buffer that a write takes.
 *
 * Everybody in a room is sent the same messages, and only the small heads differ. So the last buffer is used again
 * where the bodies are the same and the heads as long: nothing but the heads has to be written then. This, and not
 * leaving a buffer and an object for each to the garbage collector, is half of what a delivery to a big room costs
 * (decision 0005).
 */
export class FrameJoiner {
  readonly format: FrameFormat;
  readonly #capacity: number;
  readonly #heads: Uint8Array[] = [];
  readonly #bodies: Uint8Array[] = [];
  #count = 0;
  #size = 0;
  readonly #kept: (Joined | undefined)[] = [];
  #last: Joined | undefined;

  /** @param capacity bytes of a usual write; what is larger gets a buffer of its own */
  constructor(format: FrameFormat, capacity: number) {
    this.format = format;
    this.#capacity = capacity;
  }

  /** One more frame for the next {@link join}, whose message is `head` followed by `body`. */
  add(head: Uint8Array, body: Uint8Array, size: number): void {
    this.#heads[this.#count] = head;
    this.#bodies[this.#count] = body;
    this.#count++;
    this.#size += size;
  }

  /** All frames that were added since, behind a pong where there is one. */
  join(pong: Uint8Array | undefined): Buffer {
    const joined = this.#joinAdded(pong);
    this.#count = 0;
    this.#size = 0;
    return joined;
  }

  /** Nobody reads any more what the last {@link join} answered: it may be written over. */
  giveBack(): void {
    if (this.#last !== undefined) this.#last.isLent = false;
  }

  #joinAdded(pong: Uint8Array | undefined): Buffer {
    this.#last = undefined;
    if (this.#count === 0 || pong !== undefined || this.#size > this.#capacity) return this.#joinOnce(pong);
    const sizeClass = sizeClassOf(this.#size);
    const place = sizeClass * KEPT + ((this.#heads[0]?.length ?? 0) % KEPT);
    let joined = this.#kept[place];
    if (joined === undefined || joined.isLent) {
      joined = emptyJoined(SMALLEST << sizeClass);
      this.#kept[place] = joined;
    }
    if (this.#isSame(joined)) this.#writeHeads(joined);
    else this.#writeAll(joined);
    joined.isLent = true;
    this.#last = joined;
    return joined.filled;
  }

  #joinOnce(pong: Uint8Array | undefined): Buffer {
    const joined = Buffer.allocUnsafe((pong === undefined ? 0 : pongSize(pong)) + this.#size);
    let offset = pong === undefined ? 0 : writePong(joined, 0, pong);
    for (let index = 0; index < this.#count; index++) offset = this.#writeFrame(joined, offset, index);
    return joined;
  }

  #isSame(joined: Joined): boolean {
    if (this.format.headOffset === undefined || joined.bodies.length !== this.#count) return false;
    for (let index = 0; index < this.#count; index++) {
      if (joined.bodies[index] !== this.#bodies[index]) return false;
      if (joined.headLengths[index] !== this.#heads[index]?.length) return false;
    }
    return true;
  }

  #writeHeads({ buffer, headsAt }: Joined): void {
    for (let index = 0; index < this.#count; index++) {
      const head = this.#heads[index] as Uint8Array;
      const at = headsAt[index] as number;
      // `set` costs more than it moves for so few bytes.
      for (let byte = 0; byte < head.length; byte++) buffer[at + byte] = head[byte] as number;
    }
  }

  #writeAll(joined: Joined): void {
    joined.bodies.length = this.#count;
    let offset = 0;
    for (let index = 0; index < this.#count; index++) {
      const head = this.#heads[index] as Uint8Array;
      const body = this.#bodies[index] as Uint8Array;
      joined.bodies[index] = body;
      joined.headLengths[index] = head.length;
      joined.headsAt[index] = offset + (this.format.headOffset?.(head.length + body.length) ?? 0);
      offset = this.#writeFrame(joined.buffer, offset, index);
    }
    if (joined.filled.length !== offset) joined.filled = joined.buffer.subarray(0, offset);
  }

  #writeFrame(target: Buffer, offset: number, index: number): number {
    return this.format.write(
      target,
      offset,
      this.#heads[index] as Uint8Array,
      this.#bodies[index] as Uint8Array,
    );
  }
}

/** 0 for what the smallest buffer holds, 1 for the next. */
function sizeClassOf(size: number): number {
  return 32 - Math.clz32((size - 1) >>> Math.log2(SMALLEST));
}

function emptyJoined(capacity: number): Joined {
  const buffer = Buffer.allocUnsafeSlow(capacity);
  return { buffer, filled: buffer.subarray(0, 0), bodies: [], headsAt: [], headLengths: [], isLent: false };
}
