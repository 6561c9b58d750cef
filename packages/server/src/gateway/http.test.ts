import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import http from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KNOWN_APP, openGateway } from './testing/open-gateway.ts';
import { handshake, RawClient } from './testing/raw-client.ts';
import { until } from './testing/until.ts';

describe('HTTP', () => {
  it('answers 404 with one readable sentence where there is nothing', async () => {
    const { gateway } = await openGateway();
    const response = await fetch(`${gateway.url}/no/such/page?secret=1`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      code: 404,
      error: 'There is no GET /no/such/page on this server.',
    });
    expect(response.headers.get('cache-control')).toBe('no-cache,no-store');
  });

  it('answers 400 with one readable sentence for a path that cannot be decoded', async () => {
    const { gateway } = await openGateway();
    const response = await fetch(`${gateway.url}/%zz`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 400, error: expect.any(String) });
  });

  it('answers briefly for a path without end', async () => {
    const { gateway } = await openGateway();
    for (const [length, status] of [
      [5000, 404],
      [20_000, 431],
    ] as const) {
      const response = await fetch(`${gateway.url}/${'x'.repeat(length)}`);
      expect([length, response.status]).toEqual([length, status]);
      const { code, error } = (await response.json()) as { code: number; error: string };
      expect(code).toBe(status);
      expect(error.length).toBeLessThan(300);
    }
  });

  it('takes a part of a path as long as the head of a request may be', async () => {
    const { gateway } = await openGateway({
      routes(http) {
        http.get<{ Params: { id: string } }>('/things/:id', ({ params }) => ({ length: params.id.length }));
      },
    });
    const response = await fetch(`${gateway.url}/things/${'x'.repeat(15_000)}`);
    expect(await response.json()).toEqual({ length: 15_000 });
  });

  it.each([
    ['bytes that are no request', 'HELLO\r\n\r\n', 400],
    [
      'two lengths at once',
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n',
      400,
    ],
    ['headers without end', `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('answers %s in the form of every refusal', async (_what, bytes, status) => {
    const { gateway } = await openGateway();
    const client = await RawClient.connect(gateway.port);
    client.socket.write(bytes);
    await until(() => client.ended);
    const [head = '', body = ''] = client.text().split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(head).toContain('Access-Control-Allow-Origin: *');
    expect(JSON.parse(body)).toEqual({ code: status, error: expect.stringMatching(/^[A-Z].*\.$/) });
  });

  it('serves the routes other rooms register', async () => {
    const { gateway } = await openGateway({
      routes(http) {
        http.get('/1.1/date', () => ({ __type: 'Date' }));
      },
    });
    expect(await (await fetch(`${gateway.url}/1.1/date`)).json()).toEqual({ __type: 'Date' });
  });

  it('does not tell the world why a route failed', async () => {
    const { gateway } = await openGateway({
      routes(http) {
        http.get('/broken', () => {
          throw new Error('password is 1234');
        });
      },
    });
    const response = await fetch(`${gateway.url}/broken`);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ code: 500, error: 'The server failed; its log says why.' });
  });

  it('ignores upgrades to anything but a WebSocket', async () => {
    const { gateway } = await openGateway();
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c' };
    const request = http.get(`${gateway.url}/healthz`, { headers });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
  });
});

describe('web pages of other origins', () => {
  it('may read every answer', async () => {
    const { gateway } = await openGateway();
    for (const path of [`/v1/route?appId=${KNOWN_APP}`, '/v1/route', '/no/such/page']) {
      const response = await fetch(`${gateway.url}${path}`);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
    }
  });

  it('may send the headers of the SDKs and their own', async () => {
    const { gateway } = await openGateway();
    const response = await fetch(`${gateway.url}/v1/route`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-lc-id,x-trace',
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')).toContain('DELETE');
    const allowed = (response.headers.get('access-control-allow-headers') ?? '').split(', ');
    const sdkHeaders = [
      'X-LC-Id',
      'X-LC-Key',
      'X-LC-Sign',
      'X-LC-Session',
      'X-LC-IM-Session-Token',
      'X-LC-UA',
    ];
    expect(allowed).toEqual(expect.arrayContaining([...sdkHeaders, 'Content-Type', 'x-trace']));
    expect(allowed.map((name) => name.toLowerCase()).filter((name) => name === 'x-lc-id').length).toBe(1);
  });
});

describe('health', () => {
  it('says on /healthz that the process is alive', async () => {
    const { gateway } = await openGateway({ ready: () => false });
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });

  it('says on /readyz whether the rooms behind are ready', async () => {
    let ready = false;
    const { gateway } = await openGateway({ ready: () => ready });
    const starting = await fetch(`${gateway.url}/readyz`);
    expect(starting.status).toBe(503);
    expect(starting.headers.get('retry-after')).toBe('5');
    ready = true;
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
  });
});

describe('where TLS is required', () => {
  /** Connections of this test come from beyond this machine, also where it has no network. */
  function comeFromElsewhere(): void {
    const pretend = (message: unknown) => {
      const { socket } = message as { readonly socket: Socket };
      Object.defineProperty(socket, 'remoteAddress', { value: '203.0.113.9' });
    };
    subscribe('net.server.socket', pretend);
    onTestFinished(() => void unsubscribe('net.server.socket', pretend));
  }

  it('[F-SEC-15] serves plaintext from this machine', async () => {
    const { gateway } = await openGateway({ requireTls: true });
    expect((await fetch(`${gateway.url}/v1/route?appId=${KNOWN_APP}`)).status).toBe(200);
  });

  it('[F-SEC-15] refuses plaintext from beyond this machine', async () => {
    comeFromElsewhere();
    const { gateway } = await openGateway({ requireTls: true });
    const there = gateway.url;
    expect((await fetch(`${there}/v1/route?appId=${KNOWN_APP}`)).status).toBe(403);
    expect((await fetch(`${there}/healthz`)).status).toBe(200);

    const client = await RawClient.connect(gateway.port);
    client.socket.write(handshake({ 'Sec-WebSocket-Protocol': 'lc.protobuf2.3' }));
    await until(() => client.ended);
    expect(client.text()).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('[F-SEC-15] serves what comes through a trusted proxy', async () => {
    comeFromElsewhere();
    const { gateway } = await openGateway({ requireTls: true, trustProxy: true });
    expect((await fetch(`${gateway.url}/v1/route?appId=${KNOWN_APP}`)).status).toBe(200);
  });
});
