import { describe, expect, it } from 'vitest';
import { openGateway } from './testing/open-gateway.ts';
import { handshake, RawClient } from './testing/raw-client.ts';
import { until } from './testing/until.ts';
import { connect } from './testing/web-socket-client.ts';

/** The complete answer to a handshake that is refused. */
async function refusal(
  port: number,
  headers: Readonly<Record<string, string>>,
  path?: string,
): Promise<string> {
  const client = await RawClient.connect(port);
  client.socket.write(handshake(headers, path));
  await until(() => client.ended, 'the refusal');
  return client.text();
}

describe('the handshake', () => {
  it.each(['lc.protobuf2.3', 'lc.protobuf2.1', 'lc.proto2base64.3'])(
    'echoes the sub-protocol %s',
    async (name) => {
      const { gateway } = await openGateway();
      const { socket } = await connect(gateway.wsUrl, name);
      expect(socket.protocol).toBe(name);
    },
  );

  it.each([
    ['lc.protobuf2.3', 'unread'],
    ['lc.proto2base64.3', 'unread'],
    ['lc.protobuf2.1', 'offline-push'],
  ])('tells from %s that offline messages come as %s', async (name, offlineMode) => {
    const { gateway, peer } = await openGateway();
    await connect(gateway.wsUrl, name);
    expect((await peer()).connection.offlineMode).toBe(offlineMode);
  });

  it('takes the first of several sub-protocols that it serves', async () => {
    const { gateway, peer } = await openGateway();
    const client = await RawClient.connect(gateway.port);
    const offered = 'lc.json.3, lc.protobuf2.1,lc.protobuf2.3';
    client.socket.write(handshake({ 'Sec-WebSocket-Protocol': offered }));
    await peer();
    await until(() => client.text().includes('\r\n\r\n'));
    expect(client.text()).toContain('Sec-WebSocket-Protocol: lc.protobuf2.1\r\n');
  });

  it('negotiates no extension, and sends the tokens ObjC compares, alone', async () => {
    const { gateway } = await openGateway();
    const client = await RawClient.connect(gateway.port);
    const headers = {
      'Sec-WebSocket-Protocol': 'lc.protobuf2.3',
      'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
    };
    client.socket.write(handshake(headers));
    await until(() => client.text().includes('\r\n\r\n'));
    const answer = client.text();
    expect(answer).not.toMatch(/extensions/i);
    expect(answer).toContain('\r\nUpgrade: websocket\r\n');
    expect(answer).toContain('\r\nConnection: Upgrade\r\n');
  });

  it.each(['/', '/some/path?with=query'])('accepts the path %s', async (path) => {
    const { gateway, peer } = await openGateway();
    const client = await RawClient.connect(gateway.port);
    client.socket.write(handshake({ 'Sec-WebSocket-Protocol': 'lc.protobuf2.3' }, path));
    await peer();
  });

  it('reads what the client sent right behind its handshake', async () => {
    const { gateway, peer } = await openGateway();
    const client = await RawClient.connect(gateway.port);
    const echo = Buffer.from([0x82, 0x82, 0, 0, 0, 0, 8, 14]);
    const request = Buffer.from(handshake({ 'Sec-WebSocket-Protocol': 'lc.protobuf2.3' }));
    client.socket.write(Buffer.concat([request, echo]));
    const { received } = await peer();
    await until(() => received.length === 1);
  });

  it('refuses a WebSocket without a sub-protocol with 400, and says what is missing', async () => {
    const { gateway } = await openGateway();
    const answer = await refusal(gateway.port, {});
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toEqual({
      code: 400,
      error:
        'A WebSocket needs a Sec-WebSocket-Protocol header naming one of ' +
        'lc.protobuf2.3, lc.proto2base64.3, lc.protobuf2.1.',
    });
    expect(gateway.stats()).toMatchObject({ accepted: 0, refused: 1 });
  });

  it.each(['lc.json.3', 'chat', 'constructor'])(
    'refuses the sub-protocol %s with 400 by name',
    async (name) => {
      const { gateway } = await openGateway();
      const answer = await refusal(gateway.port, { 'Sec-WebSocket-Protocol': name });
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain(`None of the offered sub-protocols (${name}) is served here`);
    },
  );

  it('refuses a malformed handshake with 400', async () => {
    const { gateway } = await openGateway();
    const headers = { 'Sec-WebSocket-Protocol': 'lc.protobuf2.3', 'Sec-WebSocket-Key': 'short' };
    expect(await refusal(gateway.port, headers)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('refuses headers beyond their limit with 431', async () => {
    const { gateway } = await openGateway({ limits: { maxHeaderBytes: 2_000 } });
    const answer = await refusal(gateway.port, { 'X-Padding': 'x'.repeat(3_000) });
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('does not wait for ever for a handshake that never comes to its end', async () => {
    const { gateway } = await openGateway({ limits: { headersTimeoutMs: 50 } });
    const client = await RawClient.connect(gateway.port);
    client.socket.write('GET / HTTP/1.1\r\nUpgrade: websocket\r\n');
    await until(() => client.ended, 'the server to hang up');
  });

  it('survives a client that hangs up in the middle of a refusal', async () => {
    const { gateway } = await openGateway();
    const client = await RawClient.connect(gateway.port);
    client.socket.write(handshake({}));
    client.socket.resetAndDestroy();
    await until(() => gateway.stats().refused === 1 || client.ended);
    await connect(gateway.wsUrl);
  });
});

describe('what is known of a client', () => {
  it('is its address and, for a browser, its origin', async () => {
    const { gateway, peer } = await openGateway();
    await connect(gateway.wsUrl);
    await connect(gateway.wsUrl, 'lc.protobuf2.3', { headers: { origin: 'https://app.example.com' } });
    expect((await peer(0)).connection).toMatchObject({ remoteAddress: '127.0.0.1', origin: undefined });
    expect((await peer(1)).connection).toMatchObject({ origin: 'https://app.example.com' });
    expect((await peer(0)).connection.id).not.toBe((await peer(1)).connection.id);
  });

  it('is not what it claims to be: X-Forwarded-For counts only from a trusted proxy', async () => {
    const { gateway, peer } = await openGateway();
    await connect(gateway.wsUrl, 'lc.protobuf2.3', { headers: { 'X-Forwarded-For': '203.0.113.7' } });
    expect((await peer()).connection.remoteAddress).toBe('127.0.0.1');
  });

  it('is the address the proxy saw, not one the client put in front of it', async () => {
    const { gateway, peer } = await openGateway({ trustProxy: true });
    const headers = { 'X-Forwarded-For': '198.51.100.1, 203.0.113.7' };
    await connect(gateway.wsUrl, 'lc.protobuf2.3', { headers });
    expect((await peer()).connection.remoteAddress).toBe('203.0.113.7');
  });

  it('is the address behind a row of proxies that are all trusted', async () => {
    const { gateway, peer } = await openGateway({ trustProxy: ['loopback', '10.0.0.0/8'] });
    const headers = { 'X-Forwarded-For': '203.0.113.7, 10.1.2.3' };
    await connect(gateway.wsUrl, 'lc.protobuf2.3', { headers });
    expect((await peer()).connection.remoteAddress).toBe('203.0.113.7');
  });

  it('is nothing that a proxy says which is not on the list', async () => {
    const { gateway, peer } = await openGateway({ trustProxy: ['10.0.0.0/8'] });
    await connect(gateway.wsUrl, 'lc.protobuf2.3', { headers: { 'X-Forwarded-For': '203.0.113.7' } });
    expect((await peer()).connection.remoteAddress).toBe('127.0.0.1');
  });
});
