import type { HttpRequest, HttpResponse } from './platform.ts';

/** The part of XMLHttpRequest that is used. */
export interface XhrLike {
  readonly status: number;
  readonly responseText: string;
  readonly upload: { onprogress: ((event: { loaded: number }) => void) | null };
  onload: (() => void) | null;
  onerror: (() => void) | null;
  onabort: (() => void) | null;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  send(body?: unknown): void;
  abort(): void;
}

/** The old way to send, because `fetch` cannot tell how much it has sent. */
export function xhrHttp(xhr: XhrLike, { method, url, headers, body, onProgress, signal }: HttpRequest) {
  return new Promise<HttpResponse>((resolve, reject) => {
    xhr.open(method, url);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = ({ loaded }) => onProgress?.(loaded);
    xhr.onload = () => resolve({ status: xhr.status, body: xhr.responseText });
    xhr.onerror = () => reject(new Error('The request failed.'));
    xhr.onabort = () => reject(new Error('The request was ended.'));
    signal?.addEventListener('abort', () => xhr.abort(), { once: true });
    if (signal?.aborted === true) xhr.onabort();
    else xhr.send(body);
  });
}
