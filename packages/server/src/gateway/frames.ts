/**
 * WebSocket frames as a server sends them (RFC 6455 §5.2: unmasked, never fragmented, no extension bits), written
 * straight into the buffer that goes to the socket. `ws` could build them too, but one write per frame is what
 * limits a chat server; see `outbound-queue.ts`.
 */
export interface FrameFormat {
  /** Bytes on the wire for a message of this many bytes. */
  size(messageBytes: number): number;
  /** Writes one frame whose message is `head` followed by `body`; returns the offset behind it. */
  write(target: Buffer, offset: number, head: Uint8Array, body: Uint8Array): number;
  /** Where in a frame its `head` is, for a message of this many bytes; absent where it is not there as it was given. */
  headOffset?(messageBytes: number): number;
}

const FINAL = 0x80;
const TEXT = FINAL | 0x1;
const BINARY = FINAL | 0x2;
const PONG = FINAL | 0xa;

/** For sub-protocols that carry one encoded command per binary message. */
export const binaryFrames: FrameFormat = {
  size: (messageBytes) => headerSize(messageBytes) + messageBytes,
  write(target, offset, head, body) {
    const headAt = writeHeader(target, offset, BINARY, head.length + body.length);
    const bodyAt = headAt + head.length;
    target.set(head, headAt);
    target.set(body, bodyAt);
    return bodyAt + body.length;
  },
  headOffset: headerSize,
};

/** For `lc.proto2base64.3`: the same command as text, in the standard alphabet with padding. */
export const base64Frames: FrameFormat = {
  size(messageBytes) {
    const characters = base64Length(messageBytes);
    return headerSize(characters) + characters;
  },
  write(target, offset, head, body) {
    // The halves have to be joined first: three bytes become four characters, and the seam rarely falls between.
    const message = Buffer.concat([head, body]);
    const textAt = writeHeader(target, offset, TEXT, base64Length(message.length));
    return textAt + target.write(message.toString('base64'), textAt, 'latin1');
  },
};

/** Control frames carry at most 125 bytes, so their header is always two bytes. */
export function pongSize(payload: Uint8Array): number {
  return 2 + payload.length;
}

export function writePong(target: Buffer, offset: number, payload: Uint8Array): number {
  const payloadAt = writeHeader(target, offset, PONG, payload.length);
  target.set(payload, payloadAt);
  return payloadAt + payload.length;
}

function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

function headerSize(length: number): number {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}

function writeHeader(target: Buffer, offset: number, firstByte: number, length: number): number {
  target[offset] = firstByte;
  if (length < 126) {
    target[offset + 1] = length;
    return offset + 2;
  }
  if (length < 65_536) {
    target[offset + 1] = 126;
    target[offset + 2] = length >>> 8;
    target[offset + 3] = length & 0xff;
    return offset + 4;
  }
  target[offset + 1] = 127;
  target.writeUInt32BE(Math.floor(length / 2 ** 32), offset + 2);
  target.writeUInt32BE(length >>> 0, offset + 6);
  return offset + 10;
}
