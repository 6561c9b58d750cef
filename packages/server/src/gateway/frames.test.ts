import { describe, expect, it } from 'vitest';
import { base64Frames, binaryFrames, pongSize, writePong } from './frames.ts';

const NOTHING = new Uint8Array();

function written(format: typeof binaryFrames, head: Uint8Array, body: Uint8Array): Buffer {
  const target = Buffer.alloc(format.size(head.length + body.length));
  expect(format.write(target, 0, head, body)).toBe(target.length);
  return target;
}

describe('binaryFrames', () => {
  it('writes a short message behind a header of two bytes', () => {
    const frame = written(binaryFrames, Uint8Array.of(1, 2), Uint8Array.of(3));
    expect([...frame]).toEqual([0x82, 3, 1, 2, 3]);
  });

  it('writes an empty message', () => {
    expect([...written(binaryFrames, NOTHING, NOTHING)]).toEqual([0x82, 0]);
  });

  it.each([
    [125, [0x82, 125]],
    [126, [0x82, 126, 0, 126]],
    [65_535, [0x82, 126, 0xff, 0xff]],
    [65_536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  ])('writes the length %i in the shortest form', (length, header) => {
    const frame = written(binaryFrames, NOTHING, new Uint8Array(length).fill(7));
    expect([...frame.subarray(0, header.length)]).toEqual(header);
    expect(frame.length).toBe(header.length + length);
  });
});

describe('base64Frames', () => {
  it.each([0, 1, 2, 3, 4, 95, 96, 50_000])('writes %i bytes as one text frame with padding', (length) => {
    const body = Buffer.alloc(length, 'parley');
    const frame = written(base64Frames, Buffer.from('head'), body);
    const text = Buffer.concat([Buffer.from('head'), body]).toString('base64');
    expect(frame[0]).toBe(0x81);
    expect(frame.subarray(-text.length).toString('latin1')).toBe(text);
  });
});

it('writes a pong with the payload of the ping', () => {
  const target = Buffer.alloc(pongSize(Buffer.from('hi')));
  expect(writePong(target, 0, Buffer.from('hi'))).toBe(target.length);
  expect([...target]).toEqual([0x8a, 2, 0x68, 0x69]);
});
