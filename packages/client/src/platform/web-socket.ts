import { callSafely } from '../events.ts';
import type { Platform, Socket, SocketListener } from './platform.ts';

/** The part of the standard WebSocket that is used; `ws` and React Native have it too. */
export interface WebSocketLike {
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: Uint8Array): void;
  close(): void;
}

export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** Opens sockets with a standard WebSocket class. */
export function standardSockets(WebSocket: WebSocketConstructor): Platform['openSocket'] {
  return (url, subprotocol, listener) => openStandardSocket(new WebSocket(url, [subprotocol]), listener);
}

function openStandardSocket(socket: WebSocketLike, listener: SocketListener): Socket {
  let isClosed = false;
  const closed = (code: number, reason: string) => {
    if (isClosed) return;
    isClosed = true;
    listener.closed(code, reason);
  };
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => !isClosed && listener.opened();
  socket.onmessage = ({ data }) => {
    if (!isClosed && data instanceof ArrayBuffer) listener.received(new Uint8Array(data));
  };
  socket.onclose = ({ code, reason }) => closed(code, reason);
  // The standard promises a close event after an error; not every implementation keeps the promise.
  socket.onerror = () => setTimeout(() => closed(1006, 'The socket failed.'));
  return {
    send: (bytes) => socket.send(bytes),
    close() {
      // A socket that lost its network may take a minute to close; nobody should wait for it.
      isClosed = true;
      callSafely(() => socket.close());
    },
  };
}
