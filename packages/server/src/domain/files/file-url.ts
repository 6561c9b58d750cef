import type { DataRecord } from '../records/record.ts';
import type { Requester } from '../records/requester.ts';

/** Where the requester fetches an uploaded file; made anew each time, so that a server may move. */
export function fileUrl(
  { filesUrl, app }: Pick<Requester, 'filesUrl' | 'app'>,
  { columns }: DataRecord,
): string {
  const { url, key } = columns;
  if (typeof url === 'string') return url;
  const path = typeof key === 'string' ? key.split('/').map(encodeURIComponent).join('/') : '';
  return `${filesUrl}/files/${encodeURIComponent(app.id)}/${path}`;
}
