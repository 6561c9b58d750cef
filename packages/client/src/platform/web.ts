import { fetchHttp } from './fetch-http.ts';
import type { Network, Platform, Visibility } from './platform.ts';
import { randomId } from './random-id.ts';
import { systemClock } from './system-clock.ts';
import { standardSockets, type WebSocketConstructor } from './web-socket.ts';
import { type XhrLike, xhrHttp } from './xhr.ts';

/** The parts of a page that are used, where there is one. */
export interface WebScope {
  readonly WebSocket?: WebSocketConstructor | undefined;
  readonly XMLHttpRequest?: (new () => XhrLike) | undefined;
  readonly navigator?: { readonly onLine?: boolean } | undefined;
  readonly document?: (Events & { readonly visibilityState: string }) | undefined;
  readonly localStorage?: Pick<Storage, 'getItem' | 'setItem'> | undefined;
  readonly addEventListener?: Events['addEventListener'] | undefined;
  readonly removeEventListener?: Events['removeEventListener'] | undefined;
}

interface Events {
  addEventListener(name: string, listener: () => void): void;
  removeEventListener(name: string, listener: () => void): void;
}

interface Storage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** Each may be replaced, for example `WebSocket` by the class of `ws` on an old Node. */
export interface WebPlatformOptions {
  readonly WebSocket?: WebSocketConstructor;
  /** How long a hidden page keeps its connection, in milliseconds. Default: as long as the browser lets it. */
  readonly hiddenGrace?: number;
  /** Instead of the global scope, for tests. */
  readonly scope?: WebScope;
}

/**
 * Browsers and Node. A hidden page keeps its connection: it is what brings messages to a tab in the background. A page
 * that the browser freezes or puts aside loses it, and has it back when it is shown.
 */
export function webPlatform(options: WebPlatformOptions = {}): Platform {
  const scope = options.scope ?? (globalThis as unknown as WebScope);
  const WebSocket = options.WebSocket ?? scope.WebSocket;
  if (WebSocket === undefined) {
    throw new Error('There is no WebSocket here. Pass one: webPlatform({ WebSocket }).');
  }
  const fallbackId = randomId(secureRandom);
  return {
    clock: systemClock,
    random: secureRandom,
    openSocket: standardSockets(WebSocket),
    http: (request) => {
      const { XMLHttpRequest } = scope;
      const usesXhr = request.onProgress !== undefined && XMLHttpRequest !== undefined;
      return usesXhr ? xhrHttp(new XMLHttpRequest(), request) : fetchHttp(request);
    },
    deviceId: () => storedDeviceId(scope) ?? fallbackId,
    network: networkOf(scope),
    visibility: visibilityOf(scope, options.hiddenGrace ?? Number.POSITIVE_INFINITY),
  };
}

function secureRandom(): number {
  const { crypto } = globalThis;
  if (crypto?.getRandomValues === undefined) return Math.random();
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
}

const DEVICE_KEY = 'parley.device';

/** Storage may be forbidden to a page; then each page is a device of its own. */
function storedDeviceId(scope: WebScope): string | undefined {
  try {
    const { localStorage } = scope;
    const known = localStorage?.getItem(DEVICE_KEY);
    if (localStorage === undefined || typeof known === 'string') return known ?? undefined;
    const made = randomId(secureRandom);
    localStorage.setItem(DEVICE_KEY, made);
    return made;
  } catch {
    return undefined;
  }
}

function networkOf(scope: WebScope): Network | undefined {
  const { navigator, addEventListener } = scope;
  if (typeof navigator?.onLine !== 'boolean' || addEventListener === undefined) return undefined;
  return {
    isOnline: () => navigator.onLine !== false,
    watch: (listener) =>
      listen(scope as Events, {
        online: () => listener(true),
        offline: () => listener(false),
      }),
  };
}

function visibilityOf(scope: WebScope, grace: number): Visibility | undefined {
  const { document } = scope;
  if (document === undefined || scope.addEventListener === undefined) return undefined;
  const isVisible = () => document.visibilityState !== 'hidden';
  return {
    grace,
    isVisible,
    watch(listener) {
      const stops = [
        listen(document, { visibilitychange: () => listener(isVisible()), resume: () => listener(true) }),
        listen(scope as Events, { pageshow: () => listener(true) }),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

function listen(target: Events, listeners: Readonly<Record<string, () => void>>): () => void {
  for (const [name, listener] of Object.entries(listeners)) target.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) target.removeEventListener(name, listener);
  };
}
