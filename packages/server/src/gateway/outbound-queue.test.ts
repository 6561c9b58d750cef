import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Urgency } from '../session/connection.ts';
import { FrameJoiner } from './frame-joiner.ts';
import { binaryFrames } from './frames.ts';
import { OutboundQueue } from './outbound-queue.ts';

const NOTHING = new Uint8Array();
const ROOMY = { lowQueuedBytes: 1e9, normalQueuedBytes: 1e9 };

function queueOf(...frames: [name: string, urgency: Urgency][]): OutboundQueue {
  const queue = new OutboundQueue(new FrameJoiner(binaryFrames, 1_000));
  for (const [name, urgency] of frames) queue.push(NOTHING, Buffer.from(name), urgency);
  return queue;
}

/** The messages in a buffer of frames, each shorter than 126 bytes. */
function messagesIn(frames: Buffer | undefined): string[] {
  const messages: string[] = [];
  let rest = frames ?? Buffer.alloc(0);
  while (rest.length > 0) {
    const end = 2 + rest.readUInt8(1);
    messages.push(rest.subarray(2, end).toString());
    rest = rest.subarray(end);
  }
  return messages;
}

describe('OutboundQueue', () => {
  it('joins frames of all urgencies in the order they were queued', () => {
    const queue = queueOf(['a', 'low'], ['b', 'required'], ['c', 'normal'], ['d', 'required'], ['e', 'low']);
    expect(messagesIn(queue.take(1_000))).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(queue.isEmpty).toBe(true);
    expect(queue.take(1_000)).toBeUndefined();
  });

  it('takes no more than fits and keeps the rest', () => {
    const queue = queueOf(['first', 'normal'], ['second', 'normal'], ['third', 'normal']);
    expect(messagesIn(queue.take(15))).toEqual(['first', 'second']);
    expect(messagesIn(queue.take(15))).toEqual(['third']);
  });

  it('hands out a frame that is larger than the capacity alone', () => {
    const queue = queueOf(['x'.repeat(100), 'required'], ['y', 'required']);
    expect(queue.take(10)?.length).toBe(102);
    expect(messagesIn(queue.take(10))).toEqual(['y']);
  });

  it('joins the two halves of a command', () => {
    const queue = new OutboundQueue(new FrameJoiner(binaryFrames, 1_000));
    queue.push(Buffer.from('for Tom: '), Buffer.from('hello'), 'required');
    expect(messagesIn(queue.take(1_000))).toEqual(['for Tom: hello']);
  });

  it('answers only the latest of several pings, in front of the messages', () => {
    const queue = queueOf(['message', 'required']);
    queue.pong(Buffer.from('one'));
    queue.pong(Buffer.from('two'));
    const frames = queue.take(1_000);
    expect(frames?.[0]).toBe(0x8a);
    expect(messagesIn(frames)).toEqual(['two', 'message']);
    expect(queue.isEmpty).toBe(true);
  });

  it('is not empty while a pong waits', () => {
    const queue = queueOf();
    queue.pong(NOTHING);
    expect(queue.isEmpty).toBe(false);
    expect(queue.take(1_000)?.length).toBe(2);
  });
});

describe('shedding', () => {
  // Every frame here is 10 bytes on the wire.
  const name = (prefix: string, index: number) => `${prefix}-${index}`.padEnd(8);
  const push = (queue: OutboundQueue, prefix: string, count: number, urgency: Urgency) => {
    for (let i = 0; i < count; i++) queue.push(NOTHING, Buffer.from(name(prefix, i)), urgency);
  };

  it('[F-ROOM-15] drops LOW before NORMAL, the oldest first, and HIGH never', () => {
    const queue = queueOf();
    push(queue, 'low', 10, 'low');
    push(queue, 'normal', 10, 'normal');
    push(queue, 'high', 10, 'required');
    const dropped = { low: 0, normal: 0 };

    queue.shed({ lowQueuedBytes: 250, normalQueuedBytes: 1_000 }, dropped);
    expect(dropped).toEqual({ low: 5, normal: 0 });

    queue.shed({ lowQueuedBytes: 150, normalQueuedBytes: 180 }, dropped);
    expect(dropped).toEqual({ low: 10, normal: 2 });

    queue.shed({ lowQueuedBytes: 0, normalQueuedBytes: 0 }, dropped);
    expect(dropped).toEqual({ low: 10, normal: 10 });
    expect(messagesIn(queue.take(1_000))).toEqual(Array.from({ length: 10 }, (_, i) => name('high', i)));
  });

  it('keeps everything while there is room', () => {
    const queue = queueOf(['a', 'low'], ['b', 'normal']);
    const dropped = { low: 0, normal: 0 };
    queue.shed(ROOMY, dropped);
    expect(dropped).toEqual({ low: 0, normal: 0 });
    expect(messagesIn(queue.take(1_000))).toEqual(['a', 'b']);
  });

  it('lets out what was queued in order, and what is required completely, whatever happens in between', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ push: fc.constantFrom<Urgency>('required', 'normal', 'low') }) },
      { weight: 1, arbitrary: fc.record({ shed: fc.nat(100) }) },
      { weight: 1, arbitrary: fc.record({ take: fc.integer({ min: 1, max: 60 }) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = queueOf();
        const dropped = { low: 0, normal: 0 };
        const queued: { order: number; urgency: Urgency }[] = [];
        const out: number[] = [];
        for (const step of steps) {
          if ('push' in step) {
            queue.push(NOTHING, Buffer.from(String(queued.length)), step.push);
            queued.push({ order: queued.length, urgency: step.push });
          } else if ('shed' in step) {
            queue.shed({ lowQueuedBytes: step.shed / 2, normalQueuedBytes: step.shed }, dropped);
          } else {
            out.push(...messagesIn(queue.take(step.take)).map(Number));
          }
        }
        while (!queue.isEmpty) out.push(...messagesIn(queue.take(50)).map(Number));

        expect(out).toEqual([...new Set(out)].sort((a, b) => a - b));
        const came = new Set(out);
        const missing = queued.filter(({ order }) => !came.has(order));
        expect(missing.filter(({ urgency }) => urgency === 'required')).toEqual([]);
        expect(missing.length).toBe(dropped.low + dropped.normal);
        expect(queue.bytes).toBe(0);
      }),
    );
  });
});
