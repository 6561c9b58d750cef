import { describe, expect, it } from 'vitest';
import { type FrontPage, type FrontPageFile, serveFrontPage } from './front-page.ts';
import { openGateway } from './testing/open-gateway.ts';

const html: FrontPageFile = {
  type: 'text/html;charset=utf-8',
  bytes: Buffer.from('<!doctype html><title>Chat</title>'),
  isImmutable: false,
};
const script: FrontPageFile = {
  type: 'text/javascript;charset=utf-8',
  bytes: Buffer.from('start();'.repeat(1000)),
  isImmutable: true,
};
const page: FrontPage = {
  folder: '/chat/',
  origins: ['https://files.example.com'],
  files: async () =>
    new Map([
      ['index.html', html],
      ['assets/start-1234.js', script],
    ]),
};

async function opened(front: FrontPage | undefined): Promise<string> {
  const { gateway } = await openGateway({ routes: (http) => serveFrontPage(http, front) });
  return gateway.url;
}

describe('the page at /', () => {
  it('[F-GEN-10] is asked for again each time, and its files never', async () => {
    const url = await opened(page);
    const start = await fetch(`${url}/`);
    expect(start.headers.get('content-type')).toBe('text/html;charset=utf-8');
    expect(start.headers.get('cache-control')).toBe('no-cache');
    expect(await start.text()).toBe(html.bytes.toString());
    const file = await fetch(`${url}/chat/assets/start-1234.js`);
    expect(file.headers.get('cache-control')).toContain('immutable');
    expect(file.headers.get('content-encoding')).toBe('gzip');
    expect(await file.text()).toBe(script.bytes.toString());
  });

  it('[F-GEN-10] runs nothing but its own files, and no other page may read or frame it', async () => {
    const { headers } = await fetch(`${await opened(page)}/`);
    const policy = headers.get('content-security-policy')?.split('; ');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("img-src 'self' https://files.example.com blob: data:");
    expect(headers.has('access-control-allow-origin')).toBe(false);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each(['/chat/nothing.js', '/chat/..%2f..%2fpackage.json', '/chat/assets/'])(
    'has nothing at %s',
    async (path) => {
      const response = await fetch(`${await opened(page)}${path}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: 404 });
    },
  );

  it('says so where it could not be made, and not why', async () => {
    const failing = { ...page, files: () => Promise.reject(new Error('the password is 1234')) };
    const response = await fetch(`${await opened(failing)}/`);
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('1234');
  });

  it('is one line where there is none', async () => {
    const url = await opened(undefined);
    expect(await (await fetch(`${url}/`)).text()).toBe('Parley is running.\n');
    expect((await fetch(`${url}/chat/index.html`)).status).toBe(404);
  });
});
