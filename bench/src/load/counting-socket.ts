import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { Tally } from './tally.ts';

export type Opcode = 'text' | 'binary';

export interface Entrance {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly subprotocol?: string;
}

/** All sockets read into this one; what is not complete is copied out before the next one reads. */
const READ_BUFFER = Buffer.allocUnsafe(64 * 1024);
const NOTHING = Buffer.alloc(0);

/**
 * One of very many WebSockets of this process. It looks at the headers of frames only: a frame as long as a message is
 * counted, and none is decoded. Shorter frames are the talk of the protocol and go to {@link listen}.
 */
export class CountingSocket {
  /** Until then every frame is talk of the protocol, however long. */
  isCounting = false;
  /** Whether messages that reach this socket are timed, too. */
  isTimed = false;
  readonly #tally: Tally;
  readonly #socket: Socket;
  #rest: Buffer = NOTHING;
  #onControl: ((payload: Buffer) => void) | undefined;
  /** Some servers speak first, before anybody listens. */
  #unheard: Buffer[] = [];
  #upgraded: (() => void) | undefined;
  #refused: (reason: Error) => void = () => {};

  private constructor({ host, port }: Entrance, tally: Tally) {
    this.#tally = tally;
    this.#socket = connect({
      host,
      port,
      noDelay: true,
      onread: {
        buffer: READ_BUFFER,
        callback: (length) => {
          this.#read(READ_BUFFER.subarray(0, length));
          return true;
        },
      },
    });
    this.#socket.on('error', (error) => this.#failed(error));
    this.#socket.on('close', () => this.#failed(new Error('The server closed a connection.')));
  }

  static open(entrance: Entrance, tally: Tally): Promise<CountingSocket> {
    const socket = new CountingSocket(entrance, tally);
    return new Promise((resolve, reject) => {
      socket.#upgraded = () => resolve(socket);
      socket.#refused = reject;
      socket.#socket.write(handshake(entrance));
    });
  }

  /** A mask of zeros is legal and leaves the payload as it is. */
  send(payload: Uint8Array, opcode: Opcode): void {
    const extended = payload.length > 125;
    const frame = Buffer.allocUnsafe(payload.length + (extended ? 8 : 6));
    frame[0] = opcode === 'text' ? 0x81 : 0x82;
    frame[1] = 0x80 | (extended ? 126 : payload.length);
    if (extended) frame.writeUInt16BE(payload.length, 2);
    frame.fill(0, extended ? 4 : 2, extended ? 8 : 6);
    frame.set(payload, extended ? 8 : 6);
    this.#socket.write(frame);
  }

  /** Login replies, pings, acknowledgements. An error of the listener is one of the whole measurement. */
  listen(onControl: (payload: Buffer) => void): void {
    this.#onControl = onControl;
    const unheard = this.#unheard;
    this.#unheard = [];
    for (const payload of unheard) this.#control(payload);
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #failed(reason: Error): void {
    if (this.#upgraded === undefined) this.#tally.fail(reason);
    else this.#refused(reason);
  }

  #control(payload: Buffer): void {
    if (this.#onControl === undefined) {
      this.#unheard.push(Buffer.from(payload));
      return;
    }
    try {
      this.#onControl(payload);
    } catch (error) {
      this.#tally.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #read(chunk: Buffer): void {
    const data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const start = this.#upgraded === undefined ? 0 : this.#readHandshake(data);
    const end = this.#readFrames(data, start);
    this.#rest = end < data.length ? Buffer.from(data.subarray(end)) : NOTHING;
  }

  /** Answers where the frames begin. */
  #readHandshake(data: Buffer): number {
    const end = data.indexOf('\r\n\r\n');
    if (end < 0) return 0;
    const head = data.toString('latin1', 0, end);
    if (!head.startsWith('HTTP/1.1 101')) {
      this.#refused(new Error(`The server refused the upgrade: ${head.slice(0, 200)}`));
      return data.length;
    }
    this.#upgraded?.();
    this.#upgraded = undefined;
    return end + 4;
  }

  /** Answers where the first incomplete frame begins. */
  #readFrames(data: Buffer, start: number): number {
    if (this.#upgraded !== undefined) return start;
    let at = start;
    let messages = 0;
    while (data.length - at >= 2) {
      const short = (data[at + 1] as number) & 0x7f;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (data.length - at < head) break;
      const length =
        short < 126
          ? short
          : short === 126
            ? data.readUInt16BE(at + 2)
            : Number(data.readBigUInt64BE(at + 2));
      const next = at + head + length;
      if (next > data.length) break;
      if (this.isCounting && length >= this.#tally.messageBytes) {
        messages++;
        if (this.isTimed) this.#tally.time(data.subarray(at + head, next));
      } else if (((data[at] as number) & 0x0f) < 8) {
        this.#control(data.subarray(at + head, next));
      }
      at = next;
    }
    if (messages > 0) this.#tally.add(messages);
    return at;
  }
}

function handshake({ host, port, path, subprotocol }: Entrance): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n` +
    `${subprotocol === undefined ? '' : `Sec-WebSocket-Protocol: ${subprotocol}\r\n`}\r\n`
  );
}
