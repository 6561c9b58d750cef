import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Connection, Urgency } from '../session/connection.ts';
import { openGateway } from './testing/open-gateway.ts';
import { RawClient } from './testing/raw-client.ts';
import { turn, until } from './testing/until.ts';
import { connect, type TestSocket } from './testing/web-socket-client.ts';

const NOTHING = new Uint8Array();

/** Deterministic bytes that differ from message to message, so that a mix-up shows. */
function message(index: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let i = 0; i < size; i++) bytes[i] = (index * 31 + i * 7) & 0xff;
  return bytes;
}

function sendText(connection: Connection, text: string, urgency: Urgency = 'required'): void {
  connection.send(NOTHING, Buffer.from(text), urgency);
}

describe('sending', () => {
  it('joins the frames of one turn into one write', async () => {
    const { gateway, peer } = await openGateway();
    const { messages } = await connect(gateway.wsUrl);
    const { connection } = await peer();
    for (let i = 0; i < 50; i++) sendText(connection, `message ${i}`);
    await until(() => messages.length === 50);
    expect(gateway.stats()).toMatchObject({ sent: 50, writes: 1 });
  });

  it('writes at the end of the turn, without a delay, while the loop keeps up', async () => {
    const { gateway, peer } = await openGateway();
    await connect(gateway.wsUrl);
    const { connection } = await peer();
    await until(() => !gateway.stats().saturated);
    sendText(connection, 'hello');
    expect(gateway.stats().writes).toBe(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(gateway.stats().writes).toBe(1);
  });

  it('sends the two halves of a command as one message', async () => {
    const { gateway, peer } = await openGateway();
    const { messages } = await connect(gateway.wsUrl);
    const body = Buffer.from('hello');
    (await peer()).connection.send(Buffer.from('for Tom: '), body, 'normal');
    await until(() => messages.length === 1);
    expect(messages[0]?.toString()).toBe('for Tom: hello');
  });

  it('sends only binary frames on the binary sub-protocols', async () => {
    const { gateway, peer } = await openGateway();
    const { socket } = await connect(gateway.wsUrl, 'lc.protobuf2.1');
    const kinds: boolean[] = [];
    socket.on('message', (_data, isBinary) => kinds.push(isBinary));
    sendText((await peer()).connection, 'hello');
    await until(() => kinds.length === 1);
    expect(kinds).toEqual([true]);
  });

  it('sends base64 in text frames on the text sub-protocol', async () => {
    const { gateway, peer } = await openGateway();
    const { socket, messages } = await connect(gateway.wsUrl, 'lc.proto2base64.3');
    const kinds: boolean[] = [];
    socket.on('message', (_data, isBinary) => kinds.push(isBinary));
    (await peer()).connection.send(Buffer.from('head'), Buffer.from('body'), 'required');
    await until(() => messages.length === 1);
    expect(kinds).toEqual([false]);
    expect(messages[0]?.toString()).toBe(Buffer.from('headbody').toString('base64'));
  });

  it('does not fragment a message of a megabyte', async () => {
    const { gateway, peer } = await openGateway();
    const client = await RawClient.upgraded(gateway.port);
    const body = message(1, 1_000_000);
    (await peer()).connection.send(NOTHING, body, 'required');
    let frames = client.takeFrames();
    await until(() => {
      frames = [...frames, ...client.takeFrames()];
      return frames.length > 0;
    });
    expect(frames.map(({ firstByte }) => firstByte)).toEqual([0x82]);
    expect(frames[0]?.payload.equals(body)).toBe(true);
  });

  it('sends what is queued before the close frame, and nothing behind it', async () => {
    const { gateway, peer } = await openGateway();
    const client = await RawClient.upgraded(gateway.port);
    const { connection } = await peer();
    for (let i = 0; i < 2_000; i++) sendText(connection, `message ${i} ${'x'.repeat(100)}`);
    connection.close(4115, 'kicked');
    sendText(connection, 'too late');
    await until(() => client.socket.bytesRead > 0);
    const frames = client.takeFrames();
    await until(() => {
      frames.push(...client.takeFrames());
      return frames.at(-1)?.firstByte === 0x88;
    });
    await turn();
    frames.push(...client.takeFrames());
    expect(frames.length).toBe(2_001);
    expect(frames.slice(0, -1).map(({ payload }) => Number(payload.toString().split(' ')[1]))).toEqual(
      Array.from({ length: 2_000 }, (_, i) => i),
    );
    expect(frames.at(-1)?.payload).toEqual(Buffer.from([0x10, 0x13, ...Buffer.from('kicked')]));
  });

  it('takes no notice of frames for a connection that is gone', async () => {
    const { gateway, peer } = await openGateway();
    const { socket } = await connect(gateway.wsUrl);
    const { connection } = await peer();
    sendText(connection, 'never seen');
    socket.terminate();
    await until(() => gateway.stats().connections === 0);
    sendText(connection, 'never seen either');
    await turn();
  });
});

describe('whatever the sizes and urgencies', () => {
  const size = fc.oneof(
    { weight: 4, arbitrary: fc.nat(300) },
    { weight: 2, arbitrary: fc.constantFrom(0, 1, 125, 126, 127, 65_535, 65_536) },
    { weight: 1, arbitrary: fc.nat(100_000) },
  );
  const frame = fc.record({
    head: fc.nat(40),
    body: size,
    urgency: fc.constantFrom<Urgency>('required', 'normal', 'low'),
    turnAfter: fc.boolean(),
  });

  async function sendAndCompare(client: TestSocket, connection: Connection, text: boolean): Promise<void> {
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 30 }), async (frames) => {
        client.messages.length = 0;
        const expected: Buffer[] = [];
        for (const [index, { head, body, urgency, turnAfter }] of frames.entries()) {
          const bytes = message(index, head + body);
          expected.push(bytes);
          connection.send(bytes.subarray(0, head), bytes.subarray(head), urgency);
          if (turnAfter) await new Promise((resolve) => setImmediate(resolve));
        }
        await until(() => client.messages.length >= expected.length, 'the messages');
        await turn();
        expect(client.messages.length).toBe(expected.length);
        for (const [index, bytes] of expected.entries()) {
          const got = client.messages[index];
          const received = text ? Buffer.from(got?.toString('latin1') ?? '', 'base64') : got;
          expect(received?.equals(bytes)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  }

  it('every frame arrives once, undamaged and in order at a client that reads', async () => {
    const { gateway, peer } = await openGateway();
    const client = await connect(gateway.wsUrl);
    await sendAndCompare(client, (await peer()).connection, false);
  });

  it('every frame arrives once, undamaged and in order as text', async () => {
    const { gateway, peer } = await openGateway();
    const client = await connect(gateway.wsUrl, 'lc.proto2base64.3');
    await sendAndCompare(client, (await peer()).connection, true);
  });
});
