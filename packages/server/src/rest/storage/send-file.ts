import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { storedName } from '../../domain/files/create-upload.ts';
import { type ByteRange, FileMissing, type FileStore } from '../../domain/ports/files.ts';
import type { DataRecord } from '../../domain/records/record.ts';
import { RestError } from '../rest-error.ts';
import { describeImage } from './describe-image.ts';

/** What browsers may show by themselves. Everything else is for saving: a page or a drawing could run scripts. */
const SHOWN = /^(image\/(?!svg)|audio\/|video\/|text\/plain$|application\/pdf$)/;
const A_YEAR = 'public, max-age=31536000';

/** Answers with the bytes of an uploaded file, whole or in part (`storage-subset §7.9`). @throws RestError 404, 416 */
export async function sendFile(
  files: FileStore,
  record: DataRecord,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { size, storedAt } = record.secrets;
  if (typeof size !== 'number') throw new RestError(404, 404, 'The file is not uploaded yet.');
  const query = request.query as Readonly<Record<string, unknown>>;
  if ('imageInfo' in query) return reply.send(await describeImage(files, record, size));
  // Without looking into sound and film there is only this to say, and Java wants it said.
  if ('avinfo' in query) return reply.send({ format: { size: String(size) } });

  const etag = `"${record.id}-${size}-${Number(storedAt)}"`;
  setHeaders(reply, record, etag);
  if (isKept(request, etag)) return reply.code(304).send();
  const range = rangeOf(request, size, etag);
  if (range === 'unsatisfiable') {
    reply.header('content-range', `bytes */${size}`);
    throw new RestError(416, 416, 'The file has no such range.');
  }
  if (range !== undefined) {
    reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`);
  }
  reply.header('content-length', range === undefined ? size : range.end - range.start + 1);
  if (request.method === 'HEAD') return reply.send();
  try {
    return reply.send(Readable.from(await files.read(storedName(record), range), { objectMode: false }));
  } catch (error) {
    if (!(error instanceof FileMissing)) throw error;
    reply.removeHeader('content-length');
    throw new RestError(404, 404, 'The file is not there any more.');
  }
}

/** Strangers wrote what is in a file, so it must neither run nor be taken for anything else. */
function setHeaders(reply: FastifyReply, { columns }: DataRecord, etag: string): void {
  const type = String(columns.mime_type);
  reply.headers({
    'content-type': type,
    'content-disposition': dispositionOf(type, String(columns.name)),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
    'access-control-expose-headers': 'content-length, content-range, etag',
    'cache-control': A_YEAR,
    'accept-ranges': 'bytes',
    etag,
  });
}

/** The name in both spellings of RFC 6266: quoted ASCII for the old, UTF-8 for all others. */
function dispositionOf(type: string, name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const utf8 = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return `${SHOWN.test(type) ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${utf8}`;
}

/** Whether the caller has this version already, among others it names: whether it calls them weak, does not matter. */
function isKept({ headers }: FastifyRequest, etag: string): boolean {
  const named = (headers['if-none-match'] ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  return named.includes(etag) || named.includes('*');
}

/** The one range a caller asks for. Several at once, or one of another version, are answered with everything. */
function rangeOf(
  { headers }: FastifyRequest,
  size: number,
  etag: string,
): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range ?? '');
  const ifRange = headers['if-range'];
  if (match === null || (ifRange !== undefined && ifRange !== etag)) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end || start >= size) return 'unsatisfiable';
  return { start, end };
}
