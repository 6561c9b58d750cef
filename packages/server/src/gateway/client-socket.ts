import { CloseCode } from '@parley/protocol';
import { WebSocket } from 'ws';

/** Close code of RFC 6455 that `ws` uses for a frame over its `maxPayload`. */
const MESSAGE_TOO_BIG = 1009;

/** What a socket tells the connection on it. */
export interface SocketEvents {
  onMessage(data: Buffer, isBinary: boolean): void;
  onPing(payload: Buffer): void;
  onPong(): void;
  /** A close frame is about to leave, whoever wanted it. What is still to be written must be written now. */
  onClosing(code: number): void;
  /** The TCP connection is gone. */
  onGone(): void;
}

/**
 * The WebSocket of `ws`, which does the handshake and the reading. `ws` also closes by itself, when the client says
 * goodbye or breaks the protocol; this class lets the connection hear of that first.
 */
export class ClientSocket extends WebSocket {
  events: SocketEvents | undefined;

  /** Listeners are shared functions rather than closures: there may be tens of thousands of sockets. */
  attach(events: SocketEvents): void {
    this.events = events;
    this.on('message', onMessage);
    this.on('ping', onPing);
    this.on('pong', onPong);
    this.on('close', onClose);
    this.on('error', ignoreError);
  }

  get isOpen(): boolean {
    return this.readyState === WebSocket.OPEN;
  }

  override close(code?: number, reason?: string | Buffer): void {
    // `ws` refuses an oversized frame when it sees the header, before it buffers anything; SDKs know it as 4109.
    const tooLong = code === MESSAGE_TOO_BIG;
    const closeCode = tooLong ? CloseCode.FRAME_TOO_LONG : code;
    if (this.isOpen) this.events?.onClosing(closeCode ?? CloseCode.NORMAL);
    super.close(closeCode, tooLong ? 'The frame is too long.' : reason);
  }
}

function onMessage(this: WebSocket, data: unknown, isBinary: boolean): void {
  // With its default binary type `ws` hands over Buffers only, text included.
  (this as ClientSocket).events?.onMessage(data as Buffer, isBinary);
}

function onPing(this: WebSocket, payload: Buffer): void {
  (this as ClientSocket).events?.onPing(payload);
}

function onPong(this: WebSocket): void {
  (this as ClientSocket).events?.onPong();
}

function onClose(this: WebSocket): void {
  (this as ClientSocket).events?.onGone();
}

/** Broken frames and reset connections are the client's business; `ws` closes the socket, and `close` follows. */
function ignoreError(): void {}
