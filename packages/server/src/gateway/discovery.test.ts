import https from 'node:https';
import { describe, expect, it } from 'vitest';
import type { GatewayOptions } from './index.ts';
import { certificateOne } from './testing/certificates.ts';
import { KNOWN_APP, openGateway } from './testing/open-gateway.ts';
import { RawClient } from './testing/raw-client.ts';
import { until } from './testing/until.ts';
import { connect } from './testing/web-socket-client.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: { readonly server?: string };
}

async function ask(
  path: string,
  options: Partial<GatewayOptions> = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const { gateway } = await openGateway(options);
  const response = await gateway.http.inject({ path, headers: { host: 'im.local:3000', ...headers } });
  return { status: response.statusCode, headers: response.headers, body: response.json() };
}

const ROUTE = `/v1/route?appId=${KNOWN_APP}`;

describe('GET /v1/route', () => {
  it('answers with the address the client used, twice, and an integer time to live', async () => {
    const { status, headers, body } = await ask(`${ROUTE}&secure=1`);
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(body).toEqual({
      groupId: 'parley',
      server: 'ws://im.local:3000/',
      secondary: 'ws://im.local:3000/',
      groupUrl: 'http://im.local:3000',
      ttl: 3600,
    });
  });

  it('names a WebSocket that can be connected to', async () => {
    const { gateway } = await openGateway();
    const response = await fetch(`${gateway.url}${ROUTE}&secure=1&features=wechat&server=pinned&_t=1`);
    const { server } = (await response.json()) as { server: string };
    expect(server).toBe(gateway.wsUrl);
    await connect(server);
  });

  it.each([
    ['true', 'wss://im.example.com/'],
    ['1', 'wss://im.example.com/'],
    ['false', 'ws://im.example.com/'],
  ])('behind an https public URL grants secure=%s', async (secure, server) => {
    const { body } = await ask(`${ROUTE}&secure=${secure}`, { publicUrl: 'https://im.example.com' });
    expect(body).toMatchObject({ server, secondary: server, groupUrl: 'https://im.example.com' });
  });

  it('keeps port and path of the public URL, and does not offer plaintext on a port that speaks TLS', async () => {
    const { body } = await ask(`${ROUTE}&secure=false`, { publicUrl: 'wss://example.com:8443/im/' });
    expect(body).toMatchObject({
      server: 'wss://example.com:8443/im/',
      groupUrl: 'https://example.com:8443/im',
    });
  });

  it('answers ws where there is no TLS, whatever was asked for', async () => {
    const { body } = await ask(`${ROUTE}&secure=1`, { publicUrl: 'http://im.example.com' });
    expect(body.server).toBe('ws://im.example.com/');
  });

  it('answers wss when the server itself speaks TLS', async () => {
    const { gateway } = await openGateway({ tls: certificateOne });
    const { hostname } = new URL(gateway.url);
    expect(gateway.wsUrl).toBe(`wss://${hostname}:${gateway.port}/`);
    const { server } = await getOverTls(`${gateway.url}${ROUTE}&secure=false`);
    expect(server).toBe(gateway.wsUrl);
  });

  it('believes a trusted proxy that the client came by https, and under which name', async () => {
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'im.example.com' };
    expect((await ask(`${ROUTE}&secure=1`, { trustProxy: true }, headers)).body).toMatchObject({
      server: 'wss://im.example.com/',
      groupUrl: 'https://im.example.com',
    });
    expect((await ask(`${ROUTE}&secure=1`, {}, headers)).body.server).toBe('ws://im.local:3000/');
  });

  it.each([
    ['that is no address', 'HTTP/1.1\r\nHost: evil.example/path?'],
    ['that is missing', 'HTTP/1.0'],
  ])('falls back on the address of the socket for a Host header %s', async (_name, rest) => {
    const { gateway } = await openGateway();
    const client = await RawClient.connect(gateway.port);
    client.socket.write(`GET ${ROUTE} ${rest}\r\nConnection: close\r\n\r\n`);
    await until(() => client.ended);
    expect(client.text()).toContain(`"server":"${gateway.wsUrl}"`);
  });

  it('answers 404 for an app that is not served, which ends the attempts of Swift and ObjC', async () => {
    const { status, body } = await ask('/v1/route?appId=nobody-knows&secure=1');
    expect(status).toBe(404);
    expect(body).toEqual({
      code: 4100,
      error: 'No app with the id "nobody-knows" is served here. Check the app id.',
    });
  });

  it.each(['/v1/route', '/v1/route?appId=', '/v1/route?appId=a&appId=b'])(
    'answers 400 for %s',
    async (path) => {
      const { status, body } = await ask(path);
      expect(status).toBe(400);
      expect(body).toEqual({ code: 1, error: 'appId is required' });
    },
  );

  it('is not cached: the answer changes when a node goes away', async () => {
    expect((await ask(ROUTE)).headers['cache-control']).toContain('no-store');
  });
});

describe('GET /2/route', () => {
  it('answers with hosts, without a scheme', async () => {
    const { body } = await ask(`/2/route?appId=${KNOWN_APP}`, { publicUrl: 'https://im.example.com' });
    expect(body).toEqual({
      ttl: 3600,
      api_server: 'im.example.com',
      rtm_router_server: 'im.example.com',
      push_server: 'im.example.com',
      engine_server: 'im.example.com',
      stats_server: 'im.example.com',
    });
  });

  it('answers 404 for an app that is not served and 400 without an app', async () => {
    expect((await ask('/2/route?appId=nobody-knows')).status).toBe(404);
    expect((await ask('/2/route')).status).toBe(400);
  });
});

function getOverTls(url: string): Promise<{ readonly server: string }> {
  return new Promise((resolve, reject) => {
    https
      .get(url, { rejectUnauthorized: false }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on('end', () => resolve(JSON.parse(text)));
      })
      .on('error', reject);
  });
}
