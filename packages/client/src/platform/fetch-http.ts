import type { Platform } from './platform.ts';

/** No answer after this long counts as none at all; an upload may take what it takes. */
const PATIENCE = 20_000;

/** `AbortSignal.timeout` by hand: React Native has none. */
function patience(): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), PATIENCE);
  return { signal: controller.signal, end: () => clearTimeout(timer) };
}

/** HTTP with the standard `fetch`. It tells of progress once, at the end. */
export const fetchHttp: Platform['http'] = async ({ method, url, headers, body, onProgress, signal }) => {
  const isUpload = body !== undefined && typeof body !== 'string';
  const limit = isUpload ? undefined : patience();
  const ending = limit?.signal ?? signal;
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(ending && { signal: ending }),
      ...(body !== undefined && { body: body as string }),
    });
    if (isUpload) onProgress?.('size' in body ? body.size : body.byteLength);
    return { status: response.status, body: await response.text() };
  } finally {
    limit?.end();
  }
};
