import type { HttpRequest, HttpResponse, Platform, Socket, SocketListener } from './platform.ts';
import { randomId } from './random-id.ts';
import { systemClock } from './system-clock.ts';

/** The part of WeChat's `wx` that is used; Alipay's `my`, QQ's `qq` and others have the same with small adapters. */
export interface MiniProgramApi {
  connectSocket(options: { url: string; protocols: string[]; fail?: (error: unknown) => void }): SocketTask;
  request(options: {
    url: string;
    method: 'GET' | 'POST' | 'PUT';
    header: Readonly<Record<string, string>>;
    data?: string | ArrayBuffer;
    dataType: 'text';
    responseType: 'text';
    success: (response: { statusCode: number; data: unknown }) => void;
    fail: (error: unknown) => void;
  }): unknown;
  onAppShow?(listener: () => void): void;
  offAppShow?(listener: () => void): void;
  onAppHide?(listener: () => void): void;
  offAppHide?(listener: () => void): void;
  onNetworkStatusChange?(listener: (status: { isConnected: boolean }) => void): void;
  offNetworkStatusChange?(listener: (status: { isConnected: boolean }) => void): void;
  getStorageSync?(key: string): unknown;
  setStorageSync?(key: string, value: string): void;
}

interface SocketTask {
  onOpen(listener: () => void): void;
  onMessage(listener: (event: { data: unknown }) => void): void;
  onClose(listener: (event: { code?: number; reason?: string }) => void): void;
  onError(listener: (event: { errMsg?: string }) => void): void;
  send(options: { data: ArrayBuffer }): void;
  close(options: { code?: number }): void;
}

const DEVICE_KEY = 'parley.device';

/**
 * Mini-programs. The host cuts the sockets of a hidden program after five seconds anyway; ending the connection at once
 * makes the server send the service message instead.
 *
 * @example const platform = miniProgramPlatform(wx);
 */
export function miniProgramPlatform(wx: MiniProgramApi): Platform {
  let isVisible = true;
  let isOnline = true;
  return {
    clock: systemClock,
    random: Math.random,
    deviceId: () => storedDeviceId(wx),
    openSocket: (url, subprotocol, listener) => openTask(wx, url, subprotocol, listener),
    http: (request) =>
      new Promise<HttpResponse>((resolve, reject) => {
        wx.request({
          ...{ url: request.url, method: request.method, header: request.headers },
          ...(request.body !== undefined && { data: bodyOf(request.body) }),
          ...{ dataType: 'text', responseType: 'text' },
          success({ statusCode, data }) {
            if (request.body instanceof Uint8Array) request.onProgress?.(request.body.byteLength);
            resolve({ status: statusCode, body: String(data) });
          },
          fail: (error) => reject(new Error('The request failed.', { cause: error })),
        });
      }),
    network: {
      isOnline: () => isOnline,
      watch(listener) {
        const changed = ({ isConnected }: { isConnected: boolean }) => {
          isOnline = isConnected;
          listener(isOnline);
        };
        wx.onNetworkStatusChange?.(changed);
        return () => wx.offNetworkStatusChange?.(changed);
      },
    },
    visibility: {
      grace: 0,
      isVisible: () => isVisible,
      watch(listener) {
        const show = () => {
          isVisible = true;
          listener(true);
        };
        const hide = () => {
          isVisible = false;
          listener(false);
        };
        wx.onAppShow?.(show);
        wx.onAppHide?.(hide);
        return () => {
          wx.offAppShow?.(show);
          wx.offAppHide?.(hide);
        };
      },
    },
  };
}

function bodyOf(body: NonNullable<HttpRequest['body']>): string | ArrayBuffer {
  if (typeof body === 'string') return body;
  // Hosts have no Blob; files are read with the file system manager.
  if (!(body instanceof Uint8Array)) throw new TypeError('Pass the bytes of the file.');
  return body.slice().buffer;
}

function openTask(wx: MiniProgramApi, url: string, subprotocol: string, listener: SocketListener): Socket {
  let isClosed = false;
  const closed = (code: number, reason: string) => {
    if (isClosed) return;
    isClosed = true;
    listener.closed(code, reason);
  };
  const task = wx.connectSocket({
    url,
    protocols: [subprotocol],
    fail: () => closed(1006, 'No connection.'),
  });
  task.onOpen(() => !isClosed && listener.opened());
  task.onMessage(({ data }) => {
    if (!isClosed && data instanceof ArrayBuffer) listener.received(new Uint8Array(data));
  });
  task.onClose(({ code, reason }) => closed(code ?? 1006, reason ?? ''));
  task.onError(({ errMsg }) => closed(1006, errMsg ?? 'The socket failed.'));
  return {
    // A buffer of its own, of exactly this length: hosts ignore where a view begins and ends.
    send: (bytes) => task.send({ data: bytes.slice().buffer }),
    close() {
      isClosed = true;
      task.close({});
    },
  };
}

function storedDeviceId(wx: MiniProgramApi): string {
  const known = wx.getStorageSync?.(DEVICE_KEY);
  if (typeof known === 'string' && known !== '') return known;
  const made = randomId(Math.random);
  wx.setStorageSync?.(DEVICE_KEY, made);
  return made;
}
