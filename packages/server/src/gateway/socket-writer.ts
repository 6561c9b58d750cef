import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/**
 * Writes to a socket past its stream, which costs half as much again as the system call it ends in (decision 0005).
 * Only what the system takes at once goes this way. The rest, and every failure, is left to the stream, which waits
 * until the socket takes more and tells its listeners what went wrong.
 */
export class SocketWriter {
  readonly #socket: Socket;
  /** Undefined where the stream has to be used. */
  readonly #descriptor: number | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#descriptor = descriptorOf(socket);
  }

  /**
   * Writes the bytes behind everything written before.
   *
   * @returns whether the bytes are the caller's again; otherwise the stream still reads them
   */
  write(bytes: Uint8Array): boolean {
    const written = this.#writeNow(bytes);
    if (written === bytes.length) return true;
    this.#socket.write(bytes.subarray(written));
    return this.#socket.writableLength === 0;
  }

  #writeNow(bytes: Uint8Array): number {
    // The number of a destroyed socket may belong to another file by now.
    if (this.#descriptor === undefined || this.#socket.destroyed) return 0;
    // What the stream holds comes first.
    if (this.#socket.writableLength > 0) return 0;
    try {
      return writeSync(this.#descriptor, bytes);
    } catch {
      // Mostly EAGAIN: the client does not read. Whatever else it is, the stream meets it, too.
      return 0;
    }
  }
}

/** Node does not document how to ask for it, which is why everything works without: on Windows there is none, either. */
function descriptorOf(socket: Socket): number | undefined {
  // The descriptor of an encrypted socket would take the bytes as they are.
  if (socket instanceof TLSSocket) return undefined;
  const descriptor = (socket as SocketWithHandle)._handle?.fd;
  return descriptor !== undefined && descriptor >= 0 ? descriptor : undefined;
}

type SocketWithHandle = Socket & { readonly _handle?: { readonly fd?: number } | null };
