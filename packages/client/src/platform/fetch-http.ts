import type { Platform } from './platform.ts';

/** No answer after this long counts as none at all. */
const PATIENCE = 20_000;

/** HTTP with the standard `fetch`. */
export const fetchHttp: Platform['http'] = async ({ method, url, headers, body }) => {
  const response = await fetch(url, {
    method,
    headers,
    signal: AbortSignal.timeout(PATIENCE),
    ...(body !== undefined && { body }),
  });
  return { status: response.status, body: await response.text() };
};
