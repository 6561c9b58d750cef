import type { Platform } from './platform.ts';

/** No answer after this long counts as none at all; an upload may take what it takes. */
const PATIENCE = 20_000;

/** HTTP with the standard `fetch`. It tells of progress once, at the end. */
export const fetchHttp: Platform['http'] = async ({ method, url, headers, body, onProgress, signal }) => {
  const isUpload = body !== undefined && typeof body !== 'string';
  const patience = isUpload ? signal : AbortSignal.timeout(PATIENCE);
  const response = await fetch(url, {
    method,
    headers,
    ...(patience && { signal: patience }),
    ...(body !== undefined && { body: body as string }),
  });
  if (isUpload) onProgress?.('size' in body ? body.size : body.byteLength);
  return { status: response.status, body: await response.text() };
};
