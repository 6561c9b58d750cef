import { describe, expect, it } from 'vitest';
import {
  type MiniProgramApi,
  miniProgramPlatform,
  type Platform,
  reactNativePlatform,
  type SocketListener,
  webPlatform,
} from '../src/index.ts';
import { standardSockets } from '../src/platform/web-socket.ts';
import { xhrHttp } from '../src/platform/xhr.ts';

/** What a platform tells of somebody looking at the app, or of its network. */
function heard(source: { watch(listener: (value: boolean) => void): () => void } | undefined) {
  const values: boolean[] = [];
  const stop = source?.watch((value) => values.push(value)) ?? (() => {});
  return { values, stop };
}

class FakePage extends EventTarget {
  visibilityState = 'visible';
  fire(name: string) {
    this.dispatchEvent(new Event(name));
  }
}

class FakeSocket {
  static last: FakeSocket;
  binaryType = '';
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly sent: unknown[] = [];
  isClosed = false;
  readonly url: string;
  readonly protocols: string[];
  constructor(url: string, protocols: string[]) {
    this.url = url;
    this.protocols = protocols;
    FakeSocket.last = this;
  }
  send(data: Uint8Array) {
    this.sent.push(data);
  }
  close() {
    this.isClosed = true;
  }
}

function listener() {
  const log: unknown[] = [];
  const listening: SocketListener = {
    opened: () => log.push('opened'),
    received: (bytes) => log.push([...bytes]),
    closed: (code, reason) => log.push([code, reason]),
  };
  return { log, listening };
}

describe('a web page', () => {
  function page() {
    const window = new FakePage();
    const document = new FakePage();
    const store = new Map<string, string>();
    const navigator = { onLine: true };
    const scope = {
      ...{ WebSocket: FakeSocket, document, navigator },
      localStorage: {
        getItem: (key: string) => store.get(key) ?? null,
        setItem: (key: string, value: string) => void store.set(key, value),
      },
      addEventListener: window.addEventListener.bind(window),
      removeEventListener: window.removeEventListener.bind(window),
    };
    return { window, document, navigator, scope, platform: webPlatform({ scope }) };
  }

  it('[F-SDK-01] keeps its connection while hidden, and tells when it is shown again', () => {
    const { platform, document, window } = page();
    const { values, stop } = heard(platform.visibility);
    document.visibilityState = 'hidden';
    document.fire('visibilitychange');
    document.visibilityState = 'visible';
    document.fire('visibilitychange');
    window.fire('pageshow');
    expect([values, platform.visibility?.grace]).toEqual([[false, true, true], Number.POSITIVE_INFINITY]);
    stop();
    window.fire('pageshow');
    expect(values).toHaveLength(3);
    expect(webPlatform({ scope: page().scope, hiddenGrace: 10 }).visibility?.grace).toBe(10);
  });

  it('[F-SDK-01] knows whether there is a network, and itself again', () => {
    const { platform, window, navigator, scope } = page();
    const { values } = heard(platform.network);
    navigator.onLine = false;
    window.fire('offline');
    expect([platform.network?.isOnline(), values]).toEqual([false, [false]]);
    expect(platform.deviceId()).toBe(webPlatform({ scope }).deviceId());
    const forbidden = {
      get localStorage(): never {
        throw new Error('Storage is forbidden.');
      },
    };
    const hidden = webPlatform({
      scope: Object.defineProperties({ WebSocket: FakeSocket }, Object.getOwnPropertyDescriptors(forbidden)),
    });
    expect(hidden.deviceId()).toBe(hidden.deviceId());
    expect(() => webPlatform({ scope: {} })).toThrow('WebSocket');
  });

  it('[F-SDK-01] tells how much of a file is sent', async () => {
    const xhr = {
      ...{ status: 201, responseText: 'ok', aborted: false, headers: {} as Record<string, string> },
      upload: { onprogress: null as ((event: { loaded: number }) => void) | null },
      onload: null as (() => void) | null,
      onerror: null as (() => void) | null,
      onabort: null as (() => void) | null,
      open() {},
      setRequestHeader(name: string, value: string) {
        this.headers[name] = value;
      },
      send() {
        this.upload.onprogress?.({ loaded: 1 });
        this.upload.onprogress?.({ loaded: 2 });
        this.onload?.();
      },
      abort() {
        this.onabort?.();
      },
    };
    const sent: number[] = [];
    const request = { method: 'PUT', url: '/', headers: { A: 'b' }, body: Uint8Array.of(1, 2) } as const;
    expect(await xhrHttp(xhr, { ...request, onProgress: (each) => sent.push(each) })).toEqual({
      status: 201,
      body: 'ok',
    });
    expect([sent, xhr.headers]).toEqual([[1, 2], { A: 'b' }]);
    await expect(xhrHttp(xhr, { ...request, signal: AbortSignal.abort() })).rejects.toThrow('ended');
  });
});

describe('a standard socket', () => {
  it('[F-SDK-01] reports once that it is closed, and nothing after it was left', () => {
    const open: Platform['openSocket'] = standardSockets(FakeSocket);
    const { log, listening } = listener();
    const socket = open('ws://x/', 'p', listening);
    const real = FakeSocket.last;
    expect([real.url, real.protocols, real.binaryType]).toEqual(['ws://x/', ['p'], 'arraybuffer']);
    real.onopen?.(undefined as never);
    real.onmessage?.({ data: Uint8Array.of(1, 2).buffer });
    real.onmessage?.({ data: 'text is not for us' });
    socket.send(Uint8Array.of(3));
    real.onclose?.({ code: 1001, reason: 'bye' });
    real.onclose?.({ code: 1001, reason: 'bye' });
    expect([log, real.sent]).toEqual([['opened', [1, 2], [1001, 'bye']], [Uint8Array.of(3)]]);

    const left = listener();
    open('ws://x/', 'p', left.listening).close();
    FakeSocket.last.onopen?.(undefined as never);
    FakeSocket.last.onclose?.({ code: 1000, reason: '' });
    expect([left.log, FakeSocket.last.isClosed]).toEqual([[], true]);
  });
});

describe('React Native', () => {
  it('[F-SDK-01] gives the connection up in the background, and an overlay is none', () => {
    let change: (state: string) => void = () => {};
    let removed = false;
    const AppState = {
      currentState: 'active',
      addEventListener(_: 'change', each: (state: string) => void) {
        change = each;
        return {
          remove() {
            removed = true;
          },
        };
      },
    };
    let tellNetwork: (state: { isConnected: boolean | null }) => void = () => {};
    const NetInfo = {
      addEventListener(each: typeof tellNetwork) {
        tellNetwork = each;
        return () => {};
      },
    };
    const platform = reactNativePlatform({ AppState, NetInfo, deviceId: 'phone', WebSocket: FakeSocket });
    const { values, stop } = heard(platform.visibility);
    const network = heard(platform.network);
    for (const state of ['inactive', 'background', 'active']) change(state);
    tellNetwork({ isConnected: false });
    tellNetwork({ isConnected: null });
    stop();
    expect([values, network.values, removed]).toEqual([[true, false, true], [false, true], true]);
    expect([platform.visibility?.grace, platform.visibility?.isVisible(), platform.deviceId()]).toEqual([
      5_000,
      true,
      'phone',
    ]);
    expect(
      reactNativePlatform({ AppState, WebSocket: FakeSocket, backgroundGrace: 0 }).visibility?.grace,
    ).toBe(0);
  });
});

describe('a mini-program', () => {
  function program() {
    const on: Record<string, (event: never) => void> = {};
    const sent: ArrayBuffer[] = [];
    const storage = new Map<string, unknown>();
    const requests: Parameters<MiniProgramApi['request']>[0][] = [];
    const keep = (name: string, each: (event: never) => void) => {
      on[name] = each;
    };
    const wx: MiniProgramApi = {
      connectSocket: () => ({
        onOpen: (each) => keep('open', each as never),
        onMessage: (each) => keep('message', each as never),
        onClose: (each) => keep('close', each as never),
        onError: (each) => keep('error', each as never),
        send: ({ data }) => sent.push(data),
        close: () => {},
      }),
      request: (options) => requests.push(options),
      onAppShow: (each) => keep('show', each as never),
      onAppHide: (each) => keep('hide', each as never),
      onNetworkStatusChange: (each) => keep('network', each as never),
      getStorageSync: (key) => storage.get(key) ?? '',
      setStorageSync: (key, value) => void storage.set(key, value),
    };
    const fire = (name: string, event?: unknown) => on[name]?.(event as never);
    return { wx, fire, sent, requests, platform: miniProgramPlatform(wx) };
  }

  it('[F-SDK-01] gives the connection up at once when it is hidden', () => {
    const { platform, fire } = program();
    const { values } = heard(platform.visibility);
    const network = heard(platform.network);
    fire('hide');
    fire('show');
    fire('network', { isConnected: false });
    expect([values, network.values, platform.network?.isOnline()]).toEqual([[false, true], [false], false]);
    expect(platform.visibility?.grace).toBe(0);
    expect(platform.deviceId()).toBe(platform.deviceId());
  });

  it('[F-SDK-01] has sockets and requests of its own kind', async () => {
    const { platform, fire, sent, requests } = program();
    const { log, listening } = listener();
    const socket = platform.openSocket('wss://x/', 'p', listening);
    fire('open');
    fire('message', { data: Uint8Array.of(7).buffer });
    socket.send(Uint8Array.of(0, 1, 2, 3).subarray(1, 3));
    fire('error', { errMsg: 'broken' });
    fire('close', { code: 1006 });
    expect(log).toEqual(['opened', [7], [1006, 'broken']]);
    expect([...new Uint8Array(sent[0] ?? new ArrayBuffer(0))]).toEqual([1, 2]);
    const progress: number[] = [];
    const request = { method: 'PUT', url: '/f', headers: {}, body: Uint8Array.of(1, 2) } as const;
    const answer = platform.http({ ...request, onProgress: (each) => progress.push(each) });
    requests[0]?.success({ statusCode: 200, data: 'done' });
    expect([await answer, progress]).toEqual([{ status: 200, body: 'done' }, [2]]);
    const failing = platform.http({ method: 'GET', url: '/', headers: {} });
    requests[1]?.fail({});
    await expect(failing).rejects.toThrow('failed');
    await expect(platform.http({ ...request, body: new Blob() })).rejects.toThrow('bytes');
  });
});
