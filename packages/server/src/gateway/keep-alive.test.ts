import { CommandType, encodeCommand } from '@parley/protocol';
import { describe, expect, it } from 'vitest';
import { KeepAlive, type Watched } from './keep-alive.ts';
import { ManualTimers } from './testing/manual-timers.ts';
import { openGateway } from './testing/open-gateway.ts';
import { until } from './testing/until.ts';
import { connect } from './testing/web-socket-client.ts';

const SECOND = 1_000;
const ECHO = encodeCommand({ cmd: CommandType.echo });

describe('the read timeout', () => {
  it('[F-SESS-31] closes a silent connection with 4107', async () => {
    const { gateway, timers, peer } = await openGateway();
    const { closed } = await connect(gateway.wsUrl);
    (await peer()).connection.loggedIn();
    timers.advance(360 * SECOND);
    expect(gateway.stats().closed.size).toBe(0);
    timers.advance(10 * SECOND);
    expect((await closed).code).toBe(4107);
    expect((await peer()).disconnects).toBe(1);
  });

  it('[F-SESS-31] never closes a connection that sends a heartbeat every 180 s', async () => {
    const { gateway, timers, peer } = await openGateway();
    const { socket } = await connect(gateway.wsUrl);
    const { connection, received } = await peer();
    connection.loggedIn();
    for (let beat = 1; beat <= 10; beat++) {
      timers.advance(180 * SECOND);
      socket.send(ECHO);
      await until(() => received.length === beat);
    }
    expect(gateway.stats().connections).toBe(1);
  });

  it('[F-SESS-31] counts a ping as traffic', async () => {
    const { gateway, timers, peer } = await openGateway();
    const { socket } = await connect(gateway.wsUrl);
    (await peer()).connection.loggedIn();
    let pongs = 0;
    socket.on('pong', () => pongs++);
    for (let beat = 1; beat <= 5; beat++) {
      timers.advance(300 * SECOND);
      socket.ping();
      await until(() => pongs === beat);
    }
    expect(gateway.stats().connections).toBe(1);
  });

  it('does not count what the server sends', async () => {
    const { gateway, timers, peer } = await openGateway();
    const { messages, closed } = await connect(gateway.wsUrl);
    const { connection } = await peer();
    connection.loggedIn();
    for (let i = 1; i <= 4; i++) {
      timers.advance(90 * SECOND);
      connection.send(new Uint8Array(), ECHO, 'required');
      await until(() => messages.length === i);
    }
    timers.advance(10 * SECOND);
    expect((await closed).code).toBe(4107);
  });
});

describe('the login deadline', () => {
  it('[F-SESS-32] closes a connection on which nobody logs in with 4108', async () => {
    const { gateway, timers, peer } = await openGateway();
    const { closed } = await connect(gateway.wsUrl);
    await peer();
    timers.advance(60 * SECOND);
    expect(gateway.stats().closed.size).toBe(0);
    timers.advance(10 * SECOND);
    expect((await closed).code).toBe(4108);
  });

  it('[F-SESS-32] is not put off by traffic', async () => {
    const { gateway, timers, peer } = await openGateway();
    const { socket, closed } = await connect(gateway.wsUrl);
    const { received } = await peer();
    for (let i = 1; i <= 7; i++) {
      socket.send(ECHO);
      await until(() => received.length === i);
      timers.advance(10 * SECOND);
    }
    expect((await closed).code).toBe(4108);
  });

  it('[F-SESS-32] no longer applies once somebody has logged in', async () => {
    const { gateway, timers, peer } = await openGateway();
    await connect(gateway.wsUrl);
    timers.advance(59 * SECOND);
    (await peer()).connection.loggedIn();
    timers.advance(200 * SECOND);
    expect(gateway.stats().connections).toBe(1);
  });

  it('[F-SESS-32] is as long as configured', async () => {
    const { gateway, timers, peer } = await openGateway({ limits: { loginTimeoutMs: 3 * SECOND } });
    const { closed } = await connect(gateway.wsUrl);
    await peer();
    timers.advance(3 * SECOND);
    expect(gateway.stats().closed.size).toBe(0);
    timers.advance(SECOND);
    expect((await closed).code).toBe(4108);
  });
});

describe('the sweep', () => {
  it('looks after all connections with one timer', () => {
    let running = 0;
    const timers = new ManualTimers();
    const counted = {
      after(delay: number, action: () => void) {
        running++;
        return timers.after(delay, () => {
          running--;
          action();
        });
      },
    };
    const everybody: Watched[] = Array.from({ length: 1_000 }, () => ({
      openedAt: 0,
      heardAt: 0,
      isLoggedIn: true,
      close: () => {},
    }));
    const keepAlive = new KeepAlive(everybody, { readTimeoutMs: 60_000, loginTimeoutMs: 60_000 }, counted);
    keepAlive.start();
    timers.advance(30_000);
    expect(running).toBe(1);
  });

  it('ends with the gateway', () => {
    const timers = new ManualTimers();
    const keepAlive = new KeepAlive([], { readTimeoutMs: 60_000, loginTimeoutMs: 60_000 }, timers);
    keepAlive.start();
    timers.advance(20_000);
    const { now } = keepAlive;
    keepAlive.stop();
    timers.advance(60_000);
    expect(keepAlive.now).toBe(now);
  });
});
