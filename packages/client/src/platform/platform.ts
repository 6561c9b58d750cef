import type { Unsubscribe } from '../events.ts';

/** Time, so that tests need not wait. Milliseconds everywhere. */
export interface Clock {
  now(): number;
  /** Runs `action` once after `delay`; the answer cancels it. */
  after(delay: number, action: () => void): () => void;
}

/** One open or opening socket. */
export interface Socket {
  send(bytes: Uint8Array): void;
  close(): void;
}

/** What a socket reports, each at its own time. After `closed` nothing follows. */
export interface SocketListener {
  opened(): void;
  received(bytes: Uint8Array): void;
  closed(code: number, reason: string): void;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | Blob;
  /** How many bytes of the body are sent, as often as the platform knows. */
  readonly onProgress?: (sent: number) => void;
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly body: string;
}

/** Whether the device has a network at all. */
export interface Network {
  isOnline(): boolean;
  watch(listener: (isOnline: boolean) => void): Unsubscribe;
}

/**
 * Whether somebody looks at the app. While nobody does, the connection ends after `grace` milliseconds, so that the
 * server sends pushes instead of messages that nobody sees; `Infinity` keeps it.
 */
export interface Visibility {
  readonly grace: number;
  isVisible(): boolean;
  watch(listener: (isVisible: boolean) => void): Unsubscribe;
}

/**
 * What the SDK needs of the machine it runs on. Ready-made: {@link webPlatform} for browsers and Node,
 * {@link reactNativePlatform} and {@link miniProgramPlatform}; anything else can be put together from parts.
 */
export interface Platform {
  readonly clock: Clock;
  /** From 0 to 1, 1 excluded. */
  random(): number;
  /** A stable name of this device, where the platform can keep one. */
  deviceId(): string;
  /** Begins to open a socket. It reports through `listener`, never from within this call. */
  openSocket(url: string, subprotocol: string, listener: SocketListener): Socket;
  /** Resolves with any answer, whatever its status; rejects if there was none. */
  http(request: HttpRequest): Promise<HttpResponse>;
  readonly network?: Network | undefined;
  readonly visibility?: Visibility | undefined;
}
