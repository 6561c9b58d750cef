import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that speaks enough of the S3 protocol for files, and believes nobody whose signature is wrong. */
export interface FakeBucket {
  readonly endpoint: string;
  readonly keys: () => readonly string[];
  /** Uploads in parts that were neither completed nor aborted. */
  readonly openUploads: () => number;
  readonly contentType: (key: string) => string | undefined;
  close(): Promise<void>;
}

export const credentials = { accessKey: 'test-access', secretKey: 'test-secret', region: 'eu-test-1' };

interface Stored {
  readonly bytes: Buffer;
  readonly type: string;
}

export interface FakeBucketOptions {
  /** Whether the key may abort uploads in parts; operators forget to allow it. */
  readonly aborts?: boolean;
}

export async function startFakeBucket(
  bucket: string,
  { aborts = true }: FakeBucketOptions = {},
): Promise<FakeBucket> {
  const objects = new Map<string, Stored>();
  const uploads = new Map<
    string,
    { readonly key: string; readonly type: string; readonly parts: Map<number, Buffer> }
  >();
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bytesOf(request);
    const url = new URL(request.url ?? '/', 'http://bucket');
    const fail = (status: number, code: string) =>
      response
        .writeHead(status, { 'content-type': 'application/xml' })
        .end(`<Error><Code>${code}</Code></Error>`);
    if (!isSigned(request, url, body)) return void fail(403, 'SignatureDoesNotMatch');
    const [, named, ...rest] = decodeURIComponent(url.pathname).split('/');
    const key = rest.join('/');
    if (named !== bucket) return void fail(404, 'NoSuchBucket');
    const uploadId = url.searchParams.get('uploadId');
    const type = request.headers['content-type'] ?? '';
    const xml = (text: string) => response.writeHead(200, { 'content-type': 'application/xml' }).end(text);
    const etag = { etag: `"${createHash('md5').update(body).digest('hex')}"` };
    const upload = uploads.get(uploadId ?? '');
    switch (request.method) {
      case 'POST': {
        if (url.searchParams.has('uploads')) {
          const id = String(uploads.size + 1);
          uploads.set(id, { key, type, parts: new Map() });
          return void xml(`<R><Bucket>${bucket}</Bucket><Key>${key}</Key><UploadId>${id}</UploadId></R>`);
        }
        if (upload === undefined) return void fail(404, 'NoSuchUpload');
        const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, part]) => part);
        objects.set(key, { bytes: Buffer.concat(parts), type: upload.type });
        uploads.delete(uploadId ?? '');
        return void xml(`<R><Key>${key}</Key><ETag>"x"</ETag></R>`);
      }
      case 'PUT':
        if (uploadId === null) objects.set(key, { bytes: body, type });
        else if (upload === undefined) return void fail(404, 'NoSuchUpload');
        else upload.parts.set(Number(url.searchParams.get('partNumber')), body);
        return void response.writeHead(200, etag).end();
      case 'DELETE':
        if (uploadId === null) objects.delete(key);
        else if (!aborts) return void fail(403, 'AccessDenied');
        else uploads.delete(uploadId);
        return void response.writeHead(204).end();
      default: {
        const stored = objects.get(key);
        if (stored === undefined) return void fail(404, 'NoSuchKey');
        const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
        const bytes =
          range === null ? stored.bytes : stored.bytes.subarray(Number(range[1]), Number(range[2]) + 1);
        response.writeHead(range === null ? 200 : 206, {
          'content-type': stored.type,
          'content-length': bytes.length,
        });
        response.end(bytes);
      }
    }
  }

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys: () => [...objects.keys()].sort(),
    openUploads: () => uploads.size,
    contentType: (key) => objects.get(key)?.type,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Signature version 4, computed anew from what arrived. */
function isSigned(request: IncomingMessage, url: URL, body: Buffer): boolean {
  const match =
    /Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)/.exec(
      request.headers.authorization ?? '',
    );
  if (match === null) return false;
  const [, access, day = '', region = '', names = '', signature] = match;
  if (access !== credentials.accessKey || region !== credentials.region) return false;
  const payload = String(request.headers['x-amz-content-sha256']);
  if (payload !== 'UNSIGNED-PAYLOAD' && payload !== sha256(body)) return false;
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const headers = names.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = [request.method, url.pathname, query, headers.join(''), names, payload].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${credentials.secretKey}`,
  );
  return createHmac('sha256', key).update(text).digest('hex') === signature;
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
