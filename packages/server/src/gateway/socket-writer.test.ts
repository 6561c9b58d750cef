import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import tls from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SocketWriter } from './socket-writer.ts';
import { certificateOne } from './testing/certificates.ts';
import { turn, until } from './testing/until.ts';

/** Both ends of a connection, and what came out at the far one. */
interface Pair {
  readonly server: Server;
  readonly near: Socket;
  readonly far: Socket;
  readonly received: Buffer[];
}

async function pair(
  server = createServer(),
  dial = (port: number): Socket => connect(port, '127.0.0.1'),
): Promise<Pair> {
  const name = server instanceof tls.Server ? 'secureConnection' : 'connection';
  const accepted = once(server, name) as Promise<[Socket]>;
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
  const far = dial((server.address() as { readonly port: number }).port);
  const [near] = await accepted;
  const received: Buffer[] = [];
  far.on('data', (data: Buffer) => received.push(data));
  for (const socket of [near, far]) socket.on('error', () => {});
  onTestFinished(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
  return { server, near, far, received };
}

const encrypted = () =>
  pair(tls.createServer(certificateOne), (port) =>
    tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false }),
  );

/** The number the system knows a socket by. */
function descriptor(socket: Socket): number | undefined {
  return (socket as unknown as { readonly _handle?: { readonly fd: number } | null })._handle?.fd;
}

/** Fills whatever is between the two ends, until the stream has to hold something. */
async function congest({ near, far }: Pair, writer: SocketWriter): Promise<Buffer> {
  far.pause();
  const sent: Buffer[] = [];
  while (near.writableLength === 0) {
    sent.push(Buffer.alloc(100_000, sent.length));
    writer.write(sent.at(-1) as Buffer);
    await turn();
  }
  return Buffer.concat(sent);
}

describe('writing past the stream', () => {
  it('gives the bytes to the system at once, and them back to the caller', async () => {
    const { near, received } = await pair();
    const bytes = Buffer.from('hello');
    expect(new SocketWriter(near).write(bytes)).toBe(true);
    expect(near.bytesWritten).toBe(0);
    bytes.fill('x');
    await until(() => received.length > 0);
    expect(Buffer.concat(received).toString()).toBe('hello');
  });

  it('leaves to the stream what the system does not take, and keeps the order', async () => {
    const ends = await pair();
    const writer = new SocketWriter(ends.near);
    const before = await congest(ends, writer);
    expect(writer.write(Buffer.from('behind it'))).toBe(false);
    ends.far.resume();
    const all = Buffer.concat([before, Buffer.from('behind it')]);
    await until(() => Buffer.concat(ends.received).length === all.length);
    expect(Buffer.concat(ends.received).equals(all)).toBe(true);
  });

  it('keeps the order among what others write to the stream, whenever the reader reads', async () => {
    const step = fc.oneof(
      fc.record({ size: fc.integer({ min: 1, max: 400_000 }), byStream: fc.boolean() }),
      fc.constantFrom('read' as const, 'stall' as const, 'turn' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { near, far, received } = await pair();
        const writer = new SocketWriter(near);
        const sent: Buffer[] = [];
        for (const step of steps) {
          if (step === 'read') far.resume();
          else if (step === 'stall') far.pause();
          else if (step === 'turn') await turn();
          else {
            const bytes = Buffer.alloc(step.size, sent.length + 1);
            sent.push(bytes);
            if (step.byStream) near.write(bytes);
            else writer.write(bytes);
          }
        }
        far.resume();
        const all = Buffer.concat(sent);
        await until(() => received.reduce((sum, { length }) => sum + length, 0) === all.length);
        expect(Buffer.concat(received).equals(all)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('waits behind what the stream holds, even where the system would take more', async () => {
    const { near, received } = await pair();
    near.cork();
    near.write('first, ');
    new SocketWriter(near).write(Buffer.from('second'));
    near.uncork();
    await until(() => Buffer.concat(received).length === 13);
    expect(Buffer.concat(received).toString()).toBe('first, second');
  });

  it('never writes into the connection that got the number of one that is gone', async () => {
    const gone = await pair();
    const writer = new SocketWriter(gone.near);
    const number = descriptor(gone.near);
    gone.near.destroy();
    await until(() => gone.near.closed);
    // The system hands out the lowest free number first.
    const others: Pair[] = [];
    const hasNumber = ({ near, far }: Pair) => [near, far].some((socket) => descriptor(socket) === number);
    while (!others.some(hasNumber)) {
      if (others.length === 50) throw new Error('Nobody got the number.');
      others.push(await pair(gone.server));
    }
    writer.write(Buffer.from('not for you'));
    for (const { near, far } of others) {
      near.resume();
      new SocketWriter(near).write(Buffer.from('for far'));
      new SocketWriter(far).write(Buffer.from('for near'));
    }
    await until(() => others.every(({ near, received }) => received.length > 0 && near.bytesRead > 0));
    expect(others.map(({ received }) => Buffer.concat(received).toString())).toEqual(
      others.map(() => 'for far'),
    );
    expect(others.map(({ near }) => near.bytesRead)).toEqual(others.map(() => 'for near'.length));
  });

  it('lets the stream tell that the other side is gone', async () => {
    const { near, far } = await pair();
    const writer = new SocketWriter(near);
    const failures: unknown[] = [];
    near.on('error', (error) => failures.push(error));
    far.resetAndDestroy();
    await until(() => {
      writer.write(Buffer.from('anybody?'));
      return near.closed;
    });
    expect(failures).toHaveLength(1);
  });

  it('never sends in the clear what is to be encrypted', async () => {
    const { near, received } = await encrypted();
    const writer = new SocketWriter(near);
    writer.write(Buffer.from('secret'));
    await until(() => received.length > 0);
    expect(Buffer.concat(received).toString()).toBe('secret');
  });

  it('works through the stream alone where a socket has no number', async () => {
    const { near, received } = await pair();
    const withoutNumber = new Proxy(near, {
      get: (socket, name) => {
        if (name === '_handle') return undefined;
        const value: unknown = Reflect.get(socket, name, socket);
        return typeof value === 'function' ? value.bind(socket) : value;
      },
    });
    new SocketWriter(withoutNumber).write(Buffer.from('hello'));
    await until(() => received.length > 0);
    expect(Buffer.concat(received).toString()).toBe('hello');
    expect(near.bytesWritten).toBe(5);
  });
});
