import { describe, expect, it } from 'vitest';
import { KNOWN_APP, openGateway } from './testing/open-gateway.ts';
import { handshake, RawClient } from './testing/raw-client.ts';
import { turn, until } from './testing/until.ts';
import { connect } from './testing/web-socket-client.ts';

const GRACE_MS = 10_000;

describe('drain', () => {
  it('asks every connection once to go away, and closes after the grace period with 1001', async () => {
    const { gateway, timers, peers, peer } = await openGateway();
    const clients = await Promise.all([
      connect(gateway.wsUrl),
      connect(gateway.wsUrl),
      connect(gateway.wsUrl),
    ]);
    await peer(2);
    const drained = gateway.drain({ graceMs: GRACE_MS });
    void gateway.drain();
    await until(() => peers.every(({ goAways }) => goAways > 0));
    await turn();
    expect(peers.map(({ goAways }) => goAways)).toEqual([1, 1, 1]);

    timers.advance(GRACE_MS - 1);
    await turn();
    expect(gateway.stats().connections).toBe(3);
    timers.advance(1);
    for (const { closed } of clients) expect((await closed).code).toBe(1001);
    await drained;
    expect(gateway.stats().connections).toBe(0);
  });

  it('cuts whoever says nothing to that a second later', async () => {
    const { gateway, timers, peer } = await openGateway();
    const client = await RawClient.connect(gateway.port);
    client.socket.write(handshake({ 'Sec-WebSocket-Protocol': 'lc.protobuf2.3' }));
    await peer();
    const drained = gateway.drain({ graceMs: GRACE_MS });
    timers.advance(GRACE_MS);
    await turn();
    expect(gateway.stats().connections).toBe(1);
    timers.advance(1000);
    await drained;
    await until(() => client.ended);
  });

  it('is over as soon as everybody has left', async () => {
    const { gateway, peer } = await openGateway();
    const { socket } = await connect(gateway.wsUrl);
    await peer();
    const drained = gateway.drain({ graceMs: GRACE_MS });
    socket.close();
    await drained;
    expect((await peer()).disconnects).toBe(1);
  });

  it('is over at once when nobody is there', async () => {
    const { gateway } = await openGateway();
    await gateway.drain();
  });

  it('refuses new connections with 503 and a time to retry', async () => {
    const { gateway, peer } = await openGateway();
    await connect(gateway.wsUrl);
    await peer();
    void gateway.drain();
    const client = await RawClient.connect(gateway.port);
    client.socket.write(handshake({ 'Sec-WebSocket-Protocol': 'lc.protobuf2.3' }));
    await until(() => client.ended);
    expect(client.text()).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(client.text()).toMatch(/\r\nRetry-After: \d+\r\n/);
  });

  it('keeps new clients away, with an answer that is not final', async () => {
    const { gateway, peer } = await openGateway();
    await connect(gateway.wsUrl);
    await peer();
    void gateway.drain();
    for (const path of [`/v1/route?appId=${KNOWN_APP}`, `/2/route?appId=${KNOWN_APP}`, '/readyz']) {
      const response = await fetch(`${gateway.url}${path}`);
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
    }
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });

  it('goes on serving those who are still there', async () => {
    const { gateway, peer } = await openGateway();
    const { messages } = await connect(gateway.wsUrl);
    const { connection } = await peer();
    void gateway.drain();
    connection.send(new Uint8Array(), Buffer.from('goaway'), 'required');
    await until(() => messages.length === 1);
  });
});

describe('close', () => {
  it('ends every connection at once and tells its peer', async () => {
    const { gateway, peer } = await openGateway();
    const { closed } = await connect(gateway.wsUrl);
    const { connection } = await peer();
    await gateway.close();
    expect((await closed).code).toBe(1006);
    expect((await peer()).disconnects).toBe(1);
    connection.send(new Uint8Array(), Buffer.from('too late'), 'required');
    await expect(fetch(`${gateway.url}/healthz`)).rejects.toThrow();
  });

  it('ends a drain that is under way', async () => {
    const { gateway, peer } = await openGateway();
    await connect(gateway.wsUrl);
    await peer();
    const drained = gateway.drain();
    await gateway.close();
    await drained;
  });

  it('lets an HTTP request that is under way come to its end', async () => {
    let finish: (answer: string) => void = () => {};
    let asked = false;
    const { gateway } = await openGateway({
      routes(http) {
        http.get('/slow', () => {
          asked = true;
          return new Promise((resolve) => {
            finish = resolve;
          });
        });
      },
    });
    const response = fetch(`${gateway.url}/slow`);
    await until(() => asked);
    const closed = gateway.close();
    finish('done');
    expect(await (await response).text()).toBe('done');
    await closed;
  });
});
