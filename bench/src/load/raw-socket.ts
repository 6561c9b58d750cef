import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/**
 * A WebSocket client that does as little as possible, because it shares the machine with the server it measures:
 * binary frames only, a mask of zeros (legal, and it leaves the payload as it is), no fragmentation.
 */
export class RawSocket {
  readonly #socket: Socket;
  readonly #received: (payload: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket, received: (payload: Buffer) => void) {
    this.#socket = socket;
    this.#received = received;
  }

  static async connect(
    url: URL,
    subprotocol: string,
    received: (payload: Buffer) => void,
  ): Promise<RawSocket> {
    const socket = connect(Number(url.port), url.hostname);
    socket.setNoDelay(true);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    socket.write(
      `GET / HTTP/1.1\r\nHost: ${url.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n` +
        `Sec-WebSocket-Protocol: ${subprotocol}\r\n\r\n`,
    );
    const raw = new RawSocket(socket, received);
    await raw.#upgraded();
    socket.on('error', () => {});
    return raw;
  }

  send(payload: Uint8Array): void {
    const extended = payload.length > 125;
    const frame = Buffer.allocUnsafe(payload.length + (extended ? 8 : 6));
    frame[0] = 0x82;
    frame[1] = 0x80 | (extended ? 126 : payload.length);
    if (extended) frame.writeUInt16BE(payload.length, 2);
    frame.fill(0, extended ? 4 : 2, extended ? 8 : 6);
    frame.set(payload, extended ? 8 : 6);
    this.#socket.write(frame);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #upgraded(): Promise<void> {
    return new Promise((resolve, reject) => {
      let head = Buffer.alloc(0);
      const read = (chunk: Buffer) => {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        this.#socket.off('data', read);
        if (!head.toString('latin1').startsWith('HTTP/1.1 101')) {
          reject(new Error(`The server refused the upgrade: ${head.toString('latin1', 0, 200)}`));
          return;
        }
        this.#socket.on('data', (data) => this.#parse(data));
        resolve();
        this.#parse(head.subarray(end + 4));
      };
      this.#socket.on('data', read);
      this.#socket.once('close', () =>
        reject(new Error('The server closed the connection during the upgrade.')),
      );
    });
  }

  #parse(chunk: Buffer): void {
    let data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    for (;;) {
      if (data.length < 2) break;
      const short = (data[1] as number) & 0x7f;
      const header = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (data.length < header) break;
      const length =
        short === 126 ? data.readUInt16BE(2) : short === 127 ? Number(data.readBigUInt64BE(2)) : short;
      if (data.length < header + length) break;
      const opcode = (data[0] as number) & 0x0f;
      if (opcode === 1 || opcode === 2) this.#received(data.subarray(header, header + length));
      data = data.subarray(header + length);
    }
    this.#rest = data.length > 0 ? Buffer.from(data) : data;
  }
}
