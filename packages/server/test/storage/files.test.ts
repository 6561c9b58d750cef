import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { FakeClock, type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DataApi, ID, TIME } from './data-api.ts';

const MAX_BYTES = 6 * 1024 * 1024;
const HOUR = 3_600_000;
/** One grey pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
);

const PATIENT = { timeout: 20_000 };

let parley: Parley;
let api: DataApi;
const clock = new FakeClock(1_750_000_000_000);
beforeAll(async () => {
  parley = await startParley({ clock, maxFileBytes: MAX_BYTES });
  api = new DataApi(parley);
});
afterAll(() => parley.close());

interface Tokens {
  readonly objectId: string;
  readonly url: string;
  readonly upload_url: string;
  readonly token: string;
  readonly key: string;
}

async function begin(fields: object = {}, headers: Record<string, string> = {}): Promise<Tokens> {
  const { status, body } = await api.post('/fileTokens', { name: 'cat.png', ...fields }, { headers });
  expect(status).toBe(201);
  return body;
}
const put = (url: string, bytes: Uint8Array | string, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'PUT', body: bytes as string, headers });
const callback = (token: string, result: boolean) => api.post('/fileCallback', { token, result });
async function upload(bytes: Uint8Array | string, fields: object = {}): Promise<Tokens> {
  const tokens = await begin(fields);
  expect((await put(tokens.upload_url, bytes)).status).toBe(200);
  return tokens;
}

describe('uploads', () => {
  it('[F-MSG-66] begin with a token, whose answer is made of texts only', async () => {
    const { status, body } = await api.post('/fileTokens', {
      name: 'cat.png',
      mime_type: 'image/png; charset=utf-8',
      metaData: { size: 20480, owner: 'unknown' },
      __type: 'File',
      unknown: [],
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      objectId: expect.stringMatching(ID),
      name: 'cat.png',
      mime_type: 'image/png',
      provider: 's3',
      bucket: 'parley',
      key: expect.stringMatching(/^[a-z0-9]{32}\.png$/),
      token: expect.stringMatching(/^ft_[a-z0-9]{32}$/),
      createdAt: expect.stringMatching(TIME),
      upload_url: `${parley.url}/files/${parley.appId}/upload/${body.objectId}?t=${body.token}`,
      url: `${parley.url}/files/${parley.appId}/${body.key}`,
    });
    for (const value of Object.values(body)) expect(typeof value).toBe('string');
  });

  it('know the type of what comes without one by its name', async () => {
    const typeOf = async (name: string, mime_type?: unknown) =>
      ((await begin({ name, mime_type })) as unknown as { mime_type: string }).mime_type;
    expect(await typeOf('a.jpg')).toBe('image/jpeg');
    expect(await typeOf('a.MP3', null)).toBe('audio/mpeg');
    expect(await typeOf('a', '')).toBe('application/octet-stream');
    expect(await typeOf('a.png', 'no type\r\nX: y')).toBe('image/png');
    expect(await typeOf('a.png', 'Video/MP4;codecs=x')).toBe('video/mp4');
  });

  it('keep the name in the address on request, and nothing in a name leads elsewhere', async () => {
    const keyOf = async (fields: object) => (await begin(fields)).key;
    expect(await keyOf({ name: 'a b.txt', keep_file_name: true })).toMatch(/^[a-z0-9]{32}\/a b\.txt$/);
    expect(await keyOf({ name: 'x.txt', prefix: 'docs/2025' })).toMatch(/^docs\/2025\/[a-z0-9]{32}\/x\.txt$/);
    expect(await keyOf({ name: '../../etc/passwd', keep_file_name: true })).toMatch(
      /^[a-z0-9]{32}\/\.\._\.\._etc_passwd$/,
    );
    expect(await keyOf({ name: 'x', prefix: '../..//a\\b' })).toMatch(/^_\/_\/a_b\/[a-z0-9]{32}\/x$/);
    expect(await keyOf({ name: '..', keep_file_name: true })).toMatch(/^[a-z0-9]{32}\/_$/);
    const odd = await upload('odd', { name: 'ä ?#%2f\u0000.txt', keep_file_name: true });
    expect(await (await fetch(odd.url)).text()).toBe('odd');
    expect((await api.post('/fileTokens', { name: 'x', key: 'mine' })).body.code).toBe(403);
    const chosen = await api.master.post('/fileTokens', { name: 'x', key: 'chosen/key.txt' });
    expect(chosen.body.key).toBe('chosen/key.txt');
    expect((await api.master.post('/fileTokens', { name: 'x', key: 'chosen/key.txt' })).body.code).toBe(137);
  });

  it('of mini programs are forms', async () => {
    const providerOf = async (agent: string) =>
      ((await begin({}, { 'X-LC-UA': agent })) as unknown as { provider: string }).provider;
    expect(await providerOf('LeanCloud-JS-SDK/4.15.2 (Browser)')).toBe('s3');
    expect(await providerOf('LeanCloud-JS-SDK/4.15.2 (Node.js/18.0.0)')).toBe('s3');
    expect(await providerOf('AVOS Cloud Android 8.2')).toBe('s3');
    expect(await providerOf('LeanCloud-JS-SDK/4.15.2 (Weapp)')).toBe('qiniu');
    const tokens = await begin({}, { 'X-LC-UA': 'LeanCloud-JS-SDK/4.15.2 (Weapp)' });
    const form = new FormData();
    form.set('name', 'cat.png');
    form.set('key', tokens.key);
    form.set('token', tokens.token);
    form.set('file', new Blob([PNG]), 'cat.png');
    const response = await fetch(tokens.upload_url, { method: 'POST', body: form });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ key: tokens.key, hash: expect.any(String) });
    expect(Buffer.from(await (await fetch(tokens.url)).arrayBuffer())).toEqual(PNG);
    for (const body of ['no form', new FormData(), new URLSearchParams({ file: 'x' })]) {
      expect((await fetch(tokens.upload_url, { method: 'POST', body })).status).toBe(400);
    }
  });

  it.each([0, 1, 5 * 1024 * 1024])(
    'of %i bytes can be fetched at once, and confirmed twice',
    async (size) => {
      const bytes = Buffer.alloc(size, 'x');
      const tokens = await begin({ mime_type: 'image/png', metaData: { size } });
      expect((await fetch(tokens.url)).status).toBe(404);
      const uploaded = await put(tokens.upload_url, bytes, {
        'Content-Type': 'text/html',
        'Cache-Control': 'public, max-age=31536000',
      });
      expect([uploaded.status, await uploaded.json()]).toEqual([200, {}]);
      expect(uploaded.headers.get('access-control-allow-origin')).toBe('*');
      const fetched = await fetch(tokens.url);
      expect(fetched.headers.get('content-type')).toBe('image/png');
      expect(Buffer.from(await fetched.arrayBuffer())).toEqual(bytes);
      for (let time = 0; time < 2; time++) {
        const { status, body } = await callback(tokens.token, true);
        expect([status, body]).toEqual([200, {}]);
      }
      const { body } = await api.get(`/files/${tokens.objectId}`);
      expect(body).toEqual({
        objectId: tokens.objectId,
        name: 'cat.png',
        url: tokens.url,
        mime_type: 'image/png',
        bucket: 'parley',
        provider: 's3',
        key: tokens.key,
        metaData: { size },
        createdAt: expect.stringMatching(TIME),
        updatedAt: expect.stringMatching(TIME),
      });
      expect((await api.get(`/classes/_File/${tokens.objectId}`)).body).toEqual(body);
      for (const path of ['/files', '/classes/_File', '/classes/files']) {
        const found = await api.get(path, { where: { key: tokens.key } });
        expect(found.body.results).toEqual([body]);
      }
    },
  );

  it('may be repeated until they are confirmed, and not after', async () => {
    const tokens = await upload('first');
    expect((await put(tokens.upload_url, 'second')).status).toBe(200);
    expect(await (await fetch(tokens.url)).text()).toBe('second');
    await callback(tokens.token, true);
    const late = await put(tokens.upload_url, 'third');
    expect([late.status, ((await late.json()) as { code: number }).code]).toEqual([403, 403]);
    expect(await (await fetch(tokens.url)).text()).toBe('second');
  });

  it('of nothing, which Java does not even send, are there once they are confirmed', async () => {
    const empty = await begin({ metaData: { size: 0 } });
    await callback(empty.token, true);
    expect([(await fetch(empty.url)).status, await (await fetch(empty.url)).text()]).toEqual([200, '']);
    const failed = await begin({ metaData: { size: 10 } });
    await callback(failed.token, true);
    expect((await fetch(failed.url)).status).toBe(404);
    expect((await put(failed.upload_url, '0123456789')).status).toBe(200);
  });

  it('that failed leave nothing', async () => {
    const tokens = await upload('x');
    await callback(tokens.token, false);
    expect((await api.get(`/files/${tokens.objectId}`)).body).toEqual({});
    expect((await fetch(tokens.url)).status).toBe(404);
    expect((await callback('unknown', true)).body).toEqual({});
    for (const body of [{}, { token: 'unknown' }, { token: 'unknown', result: 'yes' }]) {
      const refused = await api.post('/fileCallback', body);
      expect([body, refused.status, refused.body.code]).toEqual([body, 400, 1]);
    }
  });

  it('need the token of the very file, in time', async () => {
    const [mine, other] = [await begin(), await begin()];
    const wrong = [
      mine.upload_url.replace(/t=.*/, ''),
      mine.upload_url.replace(/t=.*/, 't=nothing'),
      mine.upload_url.replace(mine.objectId, other.objectId),
      mine.upload_url.replace(mine.objectId, '000000000000000000000000'),
      mine.upload_url.replace(mine.objectId, '..%2f..%2fx'),
    ];
    for (const url of wrong) expect([url, (await put(url, 'x')).status]).toEqual([url, 403]);
    expect((await put(mine.upload_url.replace(parley.appId, 'another-app'), 'x')).status).toBe(404);
    clock.skip(HOUR);
    expect((await put(mine.upload_url, 'x')).status).toBe(403);
  });

  it('that are too large, or end early, leave nothing, and what was there before stays', async () => {
    const tokens = await upload('before');
    const large = await put(tokens.upload_url, Buffer.alloc(MAX_BYTES + 1));
    expect([large.status, await large.json()]).toEqual([
      413,
      { code: 413, error: 'Payload Too Large.', detail: `A file has at most ${MAX_BYTES} bytes.` },
    ]);
    async function* pieces() {
      for (let sent = 0; sent <= MAX_BYTES; sent += 65_536) yield Buffer.alloc(65_536);
    }
    const chunked = await fetch(tokens.upload_url, {
      method: 'PUT',
      body: ReadableStream.from(pieces()),
      duplex: 'half',
    } as RequestInit).then(
      ({ status }) => status,
      // The connection may end before the refusal was read.
      () => 413,
    );
    expect(chunked).toBe(413);
    expect((await fetch(`${parley.url}/healthz`)).status).toBe(200);
    const url = new URL(tokens.upload_url);
    const half = httpRequest(url, { method: 'PUT', headers: { 'content-length': 1000 } });
    half.on('error', () => {});
    half.write('half');
    await once(half, 'socket');
    await new Promise<void>((resolve) => half.socket?.once('connect', resolve) ?? resolve());
    half.destroy();
    expect(await (await fetch(tokens.url)).text()).toBe('before');
    await expect.poll(() => readdir(`${parley.folder}/files/unfinished`)).toEqual([]);
  });

  it('are refused where something is wrong with them', async () => {
    const refusals: readonly [object | string, number][] = [
      [{}, 1],
      [{ name: '' }, 1],
      [{ name: 5 }, 1],
      [{ name: 'x'.repeat(300) }, 1],
      [{ name: 'x', metaData: 5 }, 1],
      [{ name: 'x', ACL: 'all' }, 111],
      [{ name: 'x', prefix: 'p'.repeat(300) }, 1],
      ['{"name":', 107],
    ];
    for (const [fields, code] of refusals) {
      const { status, body } = await api.post('/fileTokens', fields);
      expect([fields, status, body.code]).toEqual([fields, 400, code]);
    }
  });

  it('are told that they are too long, also when nobody said how long they would be', async () => {
    const strict = await startParley({ settings: { maxFileBytes: 1000 } });
    const { body: tokens } = await new DataApi(strict).post('/fileTokens', { name: 'cat.png' });
    const pieces = async function* () {
      for (let piece = 0; piece < 20; piece++) yield Buffer.alloc(16 * 1024);
    };
    for (let attempt = 0; attempt < 5; attempt++) {
      const body = ReadableStream.from(pieces());
      const answer = await fetch(tokens.upload_url, { method: 'PUT', body, duplex: 'half' });
      expect(answer.status).toBe(413);
    }
    await strict.close();
  });

  it('are as large, as many and as long-lived as the app allows', async () => {
    const own = new FakeClock(1_750_000_000_000);
    const strict = await startParley({
      clock: own,
      settings: { maxFileBytes: 1000, restUploads: { perMinute: 0, perDay: 2 }, fileRetentionDays: 2 },
    });
    const strictApi = new DataApi(strict);
    const beginHere = () => strictApi.post('/fileTokens', { name: 'cat.png' });
    const { body: tokens } = await beginHere();
    expect((await put(tokens.upload_url, Buffer.alloc(1001))).status).toBe(413);
    expect((await put(tokens.upload_url, Buffer.alloc(1000))).status).toBe(200);
    expect((await beginHere()).status).toBe(201);
    const refused = await beginHere();
    const uploads = { code: 430, error: 'Upload files rate limit exceeded.' };
    expect([refused.status, refused.body]).toEqual([429, expect.objectContaining(uploads)]);
    const request = { method: 'POST', path: '/1.1/fileTokens', body: { name: 'cat.png' } };
    const { body: answers } = await strictApi.post('/batch', { requests: [request] });
    expect(answers).toEqual([{ error: expect.objectContaining(uploads) }]);

    own.skip(2 * 24 * HOUR - 60_000);
    await own.advance(0);
    expect((await fetch(tokens.url)).status).toBe(200);
    await vi.waitFor(async () => {
      await own.advance(60_000);
      expect((await strictApi.get(`/files/${tokens.objectId}`)).body).toEqual({});
    }, PATIENT);
    expect((await fetch(tokens.url)).status).toBe(404);
    await strict.close();
  });

  it('are forgotten after a day without their bytes', async () => {
    const [never, unconfirmed] = [await begin(), await upload('bytes')];
    clock.skip(24 * HOUR - 1);
    await clock.advance(0);
    expect((await api.get(`/files/${never.objectId}`)).body.objectId).toBe(never.objectId);
    await vi.waitFor(async () => {
      await clock.advance(60_000);
      expect((await api.get(`/files/${never.objectId}`)).body).toEqual({});
    }, PATIENT);
    expect(await (await fetch(unconfirmed.url)).text()).toBe('bytes');
    await vi.waitFor(async () => {
      await clock.advance(60_000);
      expect((await put(unconfirmed.upload_url, 'x')).status).toBe(403);
    }, PATIENT);
  });
});

describe('downloads', () => {
  it('may be of a part', async () => {
    const { url } = await upload('0123456789', { name: 'digits.txt' });
    const part = async (range: string, headers: Record<string, string> = {}) => {
      const response = await fetch(url, { headers: { range, ...headers } });
      return [response.status, await response.text(), response.headers.get('content-range')];
    };
    expect(await part('bytes=2-4')).toEqual([206, '234', 'bytes 2-4/10']);
    expect(await part('bytes=7-')).toEqual([206, '789', 'bytes 7-9/10']);
    expect(await part('bytes=-2')).toEqual([206, '89', 'bytes 8-9/10']);
    expect(await part('bytes=5-99')).toEqual([206, '56789', 'bytes 5-9/10']);
    expect(await part('bytes=-99')).toEqual([206, '0123456789', 'bytes 0-9/10']);
    expect((await part('bytes=10-'))[0]).toBe(416);
    expect((await part('bytes=5-2'))[0]).toBe(416);
    for (const whole of ['bytes=-', 'bytes=0-1,3-4', 'lines=1-2']) {
      expect(await part(whole)).toEqual([200, '0123456789', null]);
    }
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), head.headers.get('accept-ranges')]).toEqual([
      200,
      '10',
      'bytes',
    ]);
    const etag = head.headers.get('etag') ?? '';
    for (const kept of [etag, `W/${etag}`, `"another", ${etag}`, `W/"a","b",W/${etag}`, '*']) {
      expect([kept, (await fetch(url, { headers: { 'if-none-match': kept } })).status]).toEqual([kept, 304]);
    }
    for (const other of ['"another"', etag.slice(1, -1)]) {
      expect((await fetch(url, { headers: { 'if-none-match': other } })).status).toBe(200);
    }
    expect((await part('bytes=0-1', { 'if-range': etag }))[0]).toBe(206);
    expect((await part('bytes=0-1', { 'if-range': '"other"' }))[0]).toBe(200);
  });

  it('cannot run, nor pass for something else', async () => {
    const headersOf = async (name: string, mime_type?: string) =>
      (await fetch((await upload('<script>alert(1)</script>', { name, mime_type })).url)).headers;
    const page = await headersOf('a.html');
    expect(page.get('content-type')).toBe('text/html');
    expect(page.get('content-disposition')).toBe(`attachment; filename="a.html"; filename*=UTF-8''a.html`);
    expect(page.get('x-content-type-options')).toBe('nosniff');
    expect(page.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(page.get('cache-control')).toBe('public, max-age=31536000');
    expect(page.get('access-control-allow-origin')).toBe('*');
    expect((await headersOf('a.svg')).get('content-disposition')).toMatch(/^attachment/);
    expect((await headersOf('a.xml', 'application/xhtml+xml')).get('content-disposition')).toMatch(
      /^attachment/,
    );
    expect((await headersOf('a.png')).get('content-disposition')).toMatch(/^inline/);
    expect((await headersOf('"ä\r\n猫".png')).get('content-disposition')).toBe(
      `inline; filename="______.png"; filename*=UTF-8''%22%C3%A4%0D%0A%E7%8C%AB%22.png`,
    );
  });

  it('describe pictures and films in JSON, and ignore what else stands behind the address', async () => {
    const { url } = await upload(PNG, { name: 'pixel.png' });
    const json = async (address: string) => (await fetch(address)).json();
    expect(await json(`${url}?imageInfo`)).toEqual({ format: 'png', width: 1, height: 1, size: PNG.length });
    expect(await json(`${url}?avinfo`)).toEqual({ format: expect.any(Object) });
    const broken = await upload('no picture', { name: 'broken.jpg' });
    expect(await json(`${broken.url}?imageInfo`)).toEqual({ format: 'jpeg', width: 0, height: 0, size: 10 });
    for (const query of ['imageView/2/w/10/h/10/q/90/format/png', 'imageMogr2/thumbnail/10x10', 'x=1']) {
      expect(Buffer.from(await (await fetch(`${url}?${query}`)).arrayBuffer())).toEqual(PNG);
    }
  });

  it('lead nowhere but to what was uploaded', async () => {
    const paths = [
      '..%2f..%2fparley.db',
      '%2e%2e/parley.db',
      '../../parley.db',
      '../%2e%2e/parley.db',
      'nothing',
      '',
    ];
    for (const path of paths) {
      // Not fetch, which resolves dots itself, however they are written.
      const asked = httpRequest(parley.url, { path: `/files/${parley.appId}/${path}` }).end();
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      response.resume();
      expect([path, response.statusCode]).toEqual([path, 404]);
      expect(response.headers['content-type']).toMatch(/^application\/json/);
    }
    expect((await fetch(`${parley.url}/files/nobody/x`)).status).toBe(404);
  });
});

describe('files', () => {
  it('may lie elsewhere', async () => {
    const external = {
      name: 'logo.png',
      url: 'https://cdn.example.org/logo.png',
      mime_type: 'image/png',
      metaData: { __source: 'external' },
    };
    const { status, body } = await api.post('/files', { ...external, key: 'mine', bucket: 'x' });
    expect(status).toBe(201);
    expect(body).toEqual({
      objectId: expect.stringMatching(ID),
      createdAt: expect.stringMatching(TIME),
      updatedAt: expect.stringMatching(TIME),
      ...external,
    });
    expect((await api.post('/classes/_File', external)).status).toBe(201);
    for (const url of ['javascript:alert(1)', 'data:text/html,x', 'nothing', 5, undefined]) {
      expect((await api.post('/files', { ...external, url })).status).toBe(400);
    }
    const uploaded = await upload('x');
    for (const url of ['javascript:alert(1)', 5, null, { __op: 'Delete' }]) {
      const { status, body: refused } = await api.master.put(`/files/${body.objectId}`, { url });
      expect([url, status, refused.code]).toEqual([url, 400, 1]);
    }
    for (const url of ['javascript:alert(1)', 5]) {
      expect((await api.master.put(`/files/${uploaded.objectId}`, { url })).status).toBe(400);
    }
    expect((await api.get(`/files/${body.objectId}`)).body.url).toBe(external.url);
    const moved = 'https://elsewhere.example.org/logo.png';
    expect((await api.master.put(`/files/${body.objectId}`, { url: moved })).status).toBe(200);
    expect((await api.get(`/files/${body.objectId}`)).body.url).toBe(moved);
    expect((await api.master.put(`/files/${uploaded.objectId}`, { url: null, name: 'y' })).status).toBe(200);
    expect((await api.get(`/files/${uploaded.objectId}`)).body).toMatchObject({
      url: uploaded.url,
      name: 'y',
    });
  });

  it('are deleted with their bytes, as far as their ACL lets the caller', async () => {
    const tokens = await upload('x');
    expect((await api.delete(`/files/${tokens.objectId}`)).body).toEqual({});
    expect((await fetch(tokens.url)).status).toBe(404);
    const kept = await upload('x', { ACL: { '*': { read: true } } });
    expect((await api.delete(`/files/${kept.objectId}`)).status).toBe(403);
    expect((await api.put(`/files/${kept.objectId}`, { name: 'x' })).status).toBe(403);
    expect((await api.master.delete(`/files/${kept.objectId}`)).status).toBe(200);
  });

  it('are found and deleted by the server only where the app says so', async () => {
    const settings = { appKeyFindsFiles: false, appKeyDeletesFiles: false };
    const other = await startParley({ store: 'memory', settings });
    try {
      const closed = new DataApi(other);
      const { body } = await closed.post('/files', { name: 'x', url: 'https://example.org/x' });
      expect((await closed.get('/files')).status).toBe(403);
      expect((await closed.delete(`/files/${body.objectId}`)).status).toBe(403);
      expect((await closed.master.get('/files')).body.results).toHaveLength(1);
      expect((await closed.get(`/files/${body.objectId}`)).body.name).toBe('x');
    } finally {
      await other.close();
    }
  });

  it('stand expanded in objects that refer to them', async () => {
    const tokens = await upload('x');
    const reference = { __type: 'File', id: tokens.objectId, name: 'cat.png' };
    const { body } = await api.master.post('/classes/Post', { picture: reference, all: [reference] });
    const post = (await api.master.get(`/classes/Post/${body.objectId}`)).body;
    const expanded = { __type: 'File', objectId: tokens.objectId, id: tokens.objectId, url: tokens.url };
    expect(post).toMatchObject({ picture: expanded, all: [expanded] });
  });

  it('answer the preflight of browsers', async () => {
    const { upload_url } = await begin();
    const response = await fetch(upload_url, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://chat.example.com',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'cache-control,content-type',
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-methods')).toContain('PUT');
    expect(response.headers.get('access-control-allow-headers')).toMatch(/cache-control/i);
  });
});
