import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameJoiner } from './frame-joiner.ts';
import { base64Frames, binaryFrames, pongSize, writePong } from './frames.ts';

const CAPACITY = 2_000;

const heads = ['', 'Tom', 'Bob', 'x'.repeat(19)].map((name) => Buffer.from(name));
const bodies = [1, 120, 700, 3_000].map((size) => Buffer.alloc(size, `${size} bytes`));

/** A room: mostly the same messages again, for clients with other names. */
const frames: fc.Arbitrary<readonly { head: Buffer; body: Buffer }[]> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...heads), fc.constantFrom(...heads))
      .map((both) => both.map((head, index) => ({ head, body: bodies[index] as Buffer }))),
  },
  {
    weight: 1,
    arbitrary: fc.array(fc.record({ head: fc.constantFrom(...heads), body: fc.constantFrom(...bodies) }), {
      minLength: 1,
      maxLength: 4,
    }),
  },
);
const write = fc.record({
  frames,
  pong: fc.option(fc.constant(Buffer.from('pong')), { freq: 10, nil: undefined }),
  isTakenAtOnce: fc.boolean(),
});

describe.each([
  ['binary', binaryFrames],
  ['base64', base64Frames],
])('FrameJoiner of %s frames', (_name, format) => {
  const alone = (head: Uint8Array, body: Uint8Array) => {
    const frame = Buffer.alloc(format.size(head.length + body.length));
    format.write(frame, 0, head, body);
    return frame;
  };

  it('joins what was added, and leaves alone what somebody may still read', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 30 }), (writes) => {
        const joiner = new FrameJoiner(format, CAPACITY);
        const stillRead: { joined: Buffer; expected: Buffer }[] = [];
        for (const { frames, pong, isTakenAtOnce } of writes) {
          for (const { head, body } of frames) joiner.add(head, body, format.size(head.length + body.length));
          const joined = joiner.join(pong);
          const control = Buffer.alloc(pong === undefined ? 0 : pongSize(pong));
          if (pong !== undefined) writePong(control, 0, pong);
          const expected = Buffer.concat([control, ...frames.map(({ head, body }) => alone(head, body))]);
          expect(joined).toEqual(expected);
          if (isTakenAtOnce) joiner.giveBack();
          else stillRead.push({ joined, expected });
        }
        for (const { joined, expected } of stillRead) expect(joined).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});

describe('FrameJoiner', () => {
  const join = (joiner: FrameJoiner, head: string, ...bodies: Uint8Array[]) => {
    for (const body of bodies) {
      joiner.add(Buffer.from(head), body, binaryFrames.size(head.length + body.length));
    }
    return joiner.join(undefined);
  };

  it('uses a buffer again as soon as it was given back, and not before', () => {
    const joiner = new FrameJoiner(binaryFrames, CAPACITY);
    const body = Buffer.alloc(100);
    const first = join(joiner, 'Tom', body, body);
    joiner.giveBack();
    const second = join(joiner, 'Bob', body, body);
    expect(second).toBe(first);
    expect(join(joiner, 'Jim', body, body)).not.toBe(second);
  });

  it('never hands out a buffer much larger than what is in it', () => {
    const joiner = new FrameJoiner(binaryFrames, 32 * 1024);
    for (const size of [1, 250, 300, 5_000, 20_000]) {
      const joined = join(joiner, 'Tom', Buffer.alloc(size));
      expect(joined.buffer.byteLength).toBeLessThanOrEqual(Math.max(256, 2 * joined.length));
      joiner.giveBack();
    }
  });
});
