import { once } from 'node:events';
import net from 'node:net';
import { onTestFinished } from 'vitest';
import { until } from './until.ts';

export interface Frame {
  readonly firstByte: number;
  readonly payload: Buffer;
}

/**
 * A WebSocket client with no manners: it sends the bytes it is given, shows the bytes it gets, and can stop reading
 * altogether.
 */
export class RawClient {
  readonly socket: net.Socket;
  ended = false;
  #bytes: Buffer = Buffer.alloc(0);
  #chunks: Buffer[] = [];

  private constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    socket.on('close', () => {
      this.ended = true;
    });
    socket.on('error', () => {});
  }

  static async connect(port: number, host = '127.0.0.1'): Promise<RawClient> {
    const socket = net.connect({ port, host });
    onTestFinished(() => {
      socket.destroy();
    });
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  /** Connected, upgraded, and with nothing read but the answer to the handshake. */
  static async upgraded(port: number, subprotocol = 'lc.protobuf2.3'): Promise<RawClient> {
    const client = await RawClient.connect(port);
    client.socket.write(handshake({ 'Sec-WebSocket-Protocol': subprotocol }));
    await until(() => client.text().includes('\r\n\r\n'), 'the answer to the handshake');
    client.#bytes = client.#all().subarray(client.text().indexOf('\r\n\r\n') + 4);
    return client;
  }

  /** Everything received and not yet taken, as text. */
  text(): string {
    return this.#all().toString('latin1');
  }

  /** Removes and returns the complete frames received so far. */
  takeFrames(): Frame[] {
    const frames: Frame[] = [];
    let bytes = this.#all();
    for (let frame = firstFrame(bytes); frame !== undefined; frame = firstFrame(bytes)) {
      frames.push({ firstByte: frame.firstByte, payload: frame.payload });
      bytes = bytes.subarray(frame.size);
    }
    this.#bytes = bytes;
    return frames;
  }

  /** Sends one frame, masked as clients must. */
  sendFrame(firstByte: number, payload: Uint8Array): void {
    this.socket.write(maskedFrame(firstByte, payload));
  }

  #all(): Buffer {
    this.#bytes = Buffer.concat([this.#bytes, ...this.#chunks]);
    this.#chunks = [];
    return this.#bytes;
  }
}

export function handshake(headers: Readonly<Record<string, string>>, path = '/'): string {
  const all = {
    Host: 'localhost',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

export function maskedFrame(firstByte: number, payload: Uint8Array): Buffer {
  const length =
    payload.length < 126
      ? Buffer.from([0x80 | payload.length])
      : Buffer.from([0x80 | 126, payload.length >>> 8, payload.length & 0xff]);
  // A mask of zeros leaves the payload as it is, and is as good as any to a server.
  return Buffer.concat([Buffer.from([firstByte]), length, Buffer.alloc(4), payload]);
}

function firstFrame(bytes: Buffer): (Frame & { readonly size: number }) | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1);
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < start) return undefined;
  const length =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < start + length) return undefined;
  const payload = Buffer.from(bytes.subarray(start, start + length));
  return { firstByte: bytes.readUInt8(0), payload, size: start + length };
}
