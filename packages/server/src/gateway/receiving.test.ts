import { CommandType, encodeCommand, encodeText } from '@parley/protocol';
import { describe, expect, it } from 'vitest';
import { openGateway, RecordingPeer } from './testing/open-gateway.ts';
import { RawClient } from './testing/raw-client.ts';
import { until } from './testing/until.ts';
import { connect } from './testing/web-socket-client.ts';

const ECHO = encodeCommand({ cmd: CommandType.echo, i: 7 });

const FINAL_BINARY = 0x82;
const FIRST_BINARY = 0x02;
const CONTINUED = 0x00;
const LAST_CONTINUED = 0x80;
const PING = 0x89;
const PONG = 0x8a;

describe('receiving', () => {
  it('hands over decoded commands in the order they arrive', async () => {
    const { gateway, peer } = await openGateway();
    const { socket } = await connect(gateway.wsUrl);
    for (let i = 0; i < 100; i++) socket.send(encodeCommand({ cmd: CommandType.echo, i }));
    const { received } = await peer();
    await until(() => received.length === 100);
    expect(received.map(({ i }) => i)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(gateway.stats().received).toBe(100);
  });

  it('reads the text sub-protocol as base64', async () => {
    const { gateway, peer } = await openGateway();
    const { socket } = await connect(gateway.wsUrl, 'lc.proto2base64.3');
    socket.send(encodeText({ cmd: CommandType.echo, i: 7 }));
    const { received } = await peer();
    await until(() => received.length === 1);
    expect(received[0]).toMatchObject({ cmd: CommandType.echo, i: 7 });
  });

  it('puts a fragmented message together, with a ping in between', async () => {
    const { gateway, peer } = await openGateway();
    const client = await RawClient.upgraded(gateway.port);
    client.sendFrame(FIRST_BINARY, ECHO.subarray(0, 1));
    client.sendFrame(CONTINUED, ECHO.subarray(1, 2));
    client.sendFrame(PING, Buffer.from('still there?'));
    client.sendFrame(LAST_CONTINUED, ECHO.subarray(2));
    const { received } = await peer();
    await until(() => received.length === 1);
    expect(received[0]).toMatchObject({ cmd: CommandType.echo, i: 7 });
    const frames = client.takeFrames();
    await until(() => frames.push(...client.takeFrames()) > 0);
    expect(frames).toEqual([{ firstByte: PONG, payload: Buffer.from('still there?') }]);
  });

  it('answers a ping with a pong of the same payload', async () => {
    const { gateway } = await openGateway();
    const { socket } = await connect(gateway.wsUrl);
    const pongs: string[] = [];
    socket.on('pong', (payload) => pongs.push(payload.toString()));
    socket.ping('one');
    await until(() => pongs.length === 1);
    socket.ping('');
    await until(() => pongs.length === 2);
    expect(pongs).toEqual(['one', '']);
  });

  it('[F-SESS-33] closes with 4114 when a frame is no command', async () => {
    const { gateway, peer } = await openGateway();
    const { socket, closed } = await connect(gateway.wsUrl);
    socket.send(Buffer.from('this is no protobuf'));
    expect((await closed).code).toBe(4114);
    expect((await peer()).disconnects).toBe(1);
  });

  it('[F-SESS-33] closes with 4114 when a text frame comes on a binary sub-protocol', async () => {
    const { gateway } = await openGateway();
    const { socket, closed } = await connect(gateway.wsUrl);
    socket.send('{}');
    expect((await closed).code).toBe(4114);
  });

  it.each([
    ['a binary frame', Buffer.from(ECHO)],
    ['text that is not base64', 'CA4o!'],
    ['text that is not even ASCII', 'CA4oBw=é'],
    ['base64 of something else', Buffer.from('this is no protobuf').toString('base64')],
  ])('[F-SESS-33] closes with 4114 when %s comes on the text sub-protocol', async (_name, frame) => {
    const { gateway } = await openGateway();
    const { socket, closed } = await connect(gateway.wsUrl, 'lc.proto2base64.3');
    socket.send(frame);
    expect((await closed).code).toBe(4114);
  });

  it('closes with 4109 when a frame is longer than the limit, and accepts one that just fits', async () => {
    const { gateway, peer } = await openGateway({ limits: { maxFrameBytes: 1_000 } });
    const { socket, closed } = await connect(gateway.wsUrl);
    const fitting = encodeCommand({ cmd: CommandType.direct, peerId: 'x'.repeat(995) });
    expect(fitting.length).toBe(1_000);
    socket.send(fitting);
    const { received } = await peer();
    await until(() => received.length === 1);
    socket.send(Buffer.alloc(1_001));
    expect((await closed).code).toBe(4109);
  });

  it('closes with 4109 when fragments add up to more than the limit', async () => {
    const { gateway } = await openGateway({ limits: { maxFrameBytes: 1_000 } });
    const { socket, closed } = await connect(gateway.wsUrl);
    socket.send(Buffer.alloc(600), { fin: false });
    socket.send(Buffer.alloc(600), { fin: true });
    expect((await closed).code).toBe(4109);
  });

  it('judges a frame by its header, without waiting for the bytes it announces', async () => {
    const { gateway } = await openGateway();
    const client = await RawClient.upgraded(gateway.port);
    const header = Buffer.alloc(14);
    header[0] = FINAL_BINARY;
    header[1] = 0x80 | 127;
    header.writeBigUInt64BE(1_000_000_000n, 2);
    client.socket.write(header);
    await until(() => client.takeFrames().some(({ payload }) => payload.readUInt16BE(0) === 4109));
  });

  it('closes with 1002 when a frame breaks the WebSocket protocol, and the process lives on', async () => {
    const { gateway, peer } = await openGateway();
    const client = await RawClient.upgraded(gateway.port);
    client.socket.write(Buffer.from([FINAL_BINARY, 1, 0]));
    await until(() => client.takeFrames().some(({ payload }) => payload.readUInt16BE(0) === 1002));
    expect((await peer()).disconnects).toBe(1);
    await connect(gateway.wsUrl);
  });

  it('serves others while one client floods it, and loses nothing of the flood', async () => {
    const FLOOD = 200_000;
    const { gateway, peer } = await openGateway();
    const flooder = await RawClient.upgraded(gateway.port);
    const flood = await peer(0);
    const { socket } = await connect(gateway.wsUrl);
    const other = await peer(1);
    for (let i = 0; i < FLOOD; i++) {
      flooder.sendFrame(FINAL_BINARY, encodeCommand({ cmd: CommandType.echo, i }));
    }
    await until(() => flood.received.length > 0);
    const before = flood.received.length;
    let meanwhile: number | undefined;
    other.receive = () => {
      meanwhile = flood.received.length - before;
    };
    socket.send(ECHO);
    await until(() => meanwhile !== undefined);
    // A few turns of the loop, in each of which the flood has its share, and no more.
    expect(meanwhile).toBeLessThan(20 * 128);
    await until(() => flood.received.length === FLOOD);
    expect(flood.received.every(({ i }, index) => i === index)).toBe(true);
  });

  it('receives nothing more once the connection is closing', async () => {
    const { gateway, peer } = await openGateway();
    const client = await RawClient.upgraded(gateway.port);
    const { connection, received } = await peer();
    connection.close(1000, '');
    client.sendFrame(FINAL_BINARY, ECHO);
    client.sendFrame(0x88, Buffer.from([0x03, 0xe8]));
    await until(() => client.ended);
    expect(received).toEqual([]);
  });

  it('costs only the connection when serving a command fails', async () => {
    class BrokenPeer extends RecordingPeer {
      override receive(): void {
        throw new Error('a mistake');
      }
    }
    const { gateway } = await openGateway({ accept: (connection) => new BrokenPeer(connection) });
    const { socket, closed } = await connect(gateway.wsUrl);
    socket.send(ECHO);
    expect((await closed).code).toBe(4200);
    await connect(gateway.wsUrl);
  });

  it('costs only the connection when accepting it fails', async () => {
    const { gateway } = await openGateway({
      accept() {
        throw new Error('a mistake');
      },
    });
    const { closed } = await connect(gateway.wsUrl);
    expect((await closed).code).toBe(4200);
  });
});

describe('the end of a connection', () => {
  it('is told to the peer once when the client says goodbye', async () => {
    const { gateway, peer } = await openGateway();
    const { socket, closed } = await connect(gateway.wsUrl);
    const { connection } = await peer();
    socket.close(1000);
    expect((await closed).code).toBe(1000);
    await until(() => gateway.stats().connections === 0);
    expect((await peer()).disconnects).toBe(1);
    connection.send(new Uint8Array(), ECHO, 'required');
    connection.close(1000, '');
    expect((await peer()).disconnects).toBe(1);
  });

  it('is told to the peer once when the client vanishes', async () => {
    const { gateway, peer } = await openGateway();
    const client = await RawClient.upgraded(gateway.port);
    await peer();
    client.socket.resetAndDestroy();
    await until(() => gateway.stats().connections === 0);
    expect((await peer()).disconnects).toBe(1);
  });

  it('is told to the peer as soon as the server closes, not when the client has answered', async () => {
    const { gateway, peer } = await openGateway();
    await RawClient.upgraded(gateway.port);
    const { connection } = await peer();
    connection.close(4115, 'kicked');
    expect((await peer()).disconnects).toBe(1);
    expect(gateway.stats().connections).toBe(1);
  });

  it('is not told within the call that closes', async () => {
    const { gateway, peer } = await openGateway();
    await connect(gateway.wsUrl);
    const recorded = await peer();
    recorded.connection.close(1000, '');
    expect(recorded.disconnects).toBe(0);
    await Promise.resolve();
    expect(recorded.disconnects).toBe(1);
  });

  it('may come from the peer while it is being accepted', async () => {
    const peers: RecordingPeer[] = [];
    const { gateway } = await openGateway({
      accept(connection) {
        connection.close(4110, 'This origin may not connect.');
        const peer = new RecordingPeer(connection);
        peers.push(peer);
        return peer;
      },
    });
    const { closed } = await connect(gateway.wsUrl);
    expect(await closed).toEqual({ code: 4110, reason: 'This origin may not connect.' });
    expect(peers.map(({ disconnects }) => disconnects)).toEqual([1]);
  });
});
