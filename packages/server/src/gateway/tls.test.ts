import { once } from 'node:events';
import tls from 'node:tls';
import { CommandType, encodeCommand } from '@parley/protocol';
import { describe, expect, it } from 'vitest';
import { CannotListen } from './index.ts';
import { certificateOne, certificateTwo } from './testing/certificates.ts';
import { openGateway } from './testing/open-gateway.ts';
import { until } from './testing/until.ts';
import { connect } from './testing/web-socket-client.ts';

const TRUSTING = { rejectUnauthorized: false };

async function presentedName(port: number): Promise<string | undefined> {
  const socket = tls.connect({ port, host: '127.0.0.1', ...TRUSTING });
  await once(socket, 'secureConnect');
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return Array.isArray(CN) ? CN[0] : CN;
}

describe('TLS', () => {
  it('[F-SEC-01] carries the WebSocket in both directions', async () => {
    const { gateway, peer } = await openGateway({ tls: certificateOne });
    expect(gateway.wsUrl).toMatch(/^wss:/);
    const { socket, messages } = await connect(gateway.wsUrl, 'lc.protobuf2.3', TRUSTING);
    socket.send(encodeCommand({ cmd: CommandType.echo, i: 1 }));
    const { connection, received } = await peer();
    await until(() => received.length === 1);

    const bodies = Array.from({ length: 200 }, (_, i) => Buffer.alloc(i * 50, i));
    for (const body of bodies) connection.send(new Uint8Array(), body, 'required');
    await until(() => messages.length === bodies.length);
    expect(messages).toEqual(bodies);
  });

  it('closes with the frames before it', async () => {
    const { gateway, peer } = await openGateway({ tls: certificateOne });
    const { messages, closed } = await connect(gateway.wsUrl, 'lc.protobuf2.3', TRUSTING);
    const { connection } = await peer();
    connection.send(new Uint8Array(), Buffer.from('last words'), 'required');
    connection.close(4115, 'kicked');
    expect(await closed).toEqual({ code: 4115, reason: 'kicked' });
    expect(messages.map(String)).toEqual(['last words']);
  });

  it('presents a new certificate after a reload, and keeps the connections made before', async () => {
    const { gateway, peer } = await openGateway({ tls: certificateOne });
    const { messages } = await connect(gateway.wsUrl, 'lc.protobuf2.3', TRUSTING);
    expect(await presentedName(gateway.port)).toBe('parley-test-one');
    gateway.reloadTls(certificateTwo.cert, certificateTwo.key);
    expect(await presentedName(gateway.port)).toBe('parley-test-two');
    (await peer()).connection.send(new Uint8Array(), Buffer.from('still here'), 'required');
    await until(() => messages.length === 1);
  });

  it('keeps the old certificate when the new one cannot be used', async () => {
    const { gateway } = await openGateway({ tls: certificateOne });
    expect(() => gateway.reloadTls('nonsense', certificateTwo.key)).toThrow(CannotListen);
    expect(() => gateway.reloadTls(certificateTwo.cert, certificateOne.key)).toThrow(/PARLEY_TLS_CERT/);
    expect(await presentedName(gateway.port)).toBe('parley-test-one');
  });

  it('cannot be switched on by a reload', async () => {
    const { gateway } = await openGateway();
    expect(() => gateway.reloadTls(certificateOne.cert, certificateOne.key)).toThrow(/TLS is off/);
  });

  it('does not start with a certificate that cannot be used', async () => {
    const start = openGateway({ tls: { cert: certificateOne.cert, key: certificateTwo.key } });
    await expect(start).rejects.toMatchObject({ name: 'CannotListen', reason: 'bad-certificate' });
  });
});
