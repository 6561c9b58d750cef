import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Connection, Urgency } from '../session/connection.ts';
import type { Gateway } from './index.ts';
import { openGateway } from './testing/open-gateway.ts';
import { RawClient } from './testing/raw-client.ts';
import { turn, until } from './testing/until.ts';

const NOTHING = new Uint8Array();
const FILLER = 60_000;
const SIZE = 10_000;

/** A message of a size, recognisable by its name. */
function named(name: string, size: number): Buffer {
  return Buffer.from(name.padEnd(size));
}

/** Sends to a client that has stopped reading, until no more is written: the kernel's buffers and the stream's are full. */
async function congest(gateway: Gateway, connection: Connection): Promise<number> {
  let fillers = 0;
  for (let stalled = 0; stalled < 3; ) {
    const before = gateway.stats().writes;
    connection.send(NOTHING, named(`filler ${fillers++}`, FILLER), 'required');
    await turn();
    stalled = gateway.stats().writes === before ? stalled + 1 : 0;
  }
  return fillers;
}

/** The names of the messages a client reads until there are no more. */
async function readNames(
  client: RawClient,
  until_: (names: readonly string[]) => boolean,
): Promise<string[]> {
  const names: string[] = [];
  client.socket.resume();
  await until(() => {
    names.push(...client.takeFrames().map(({ payload }) => payload.toString('latin1').trim()));
    return until_(names);
  }, 'the messages');
  return names;
}

describe('a client that stops reading', () => {
  it('[F-ROOM-15] loses LOW messages first, then NORMAL ones, the oldest of each, and never HIGH ones', async () => {
    const limits = { lowQueuedBytes: 250_000, normalQueuedBytes: 350_000, maxQueuedBytes: 64 * 1024 * 1024 };
    const { gateway, peer } = await openGateway({ limits });
    const client = await RawClient.upgraded(gateway.port);
    const { connection } = await peer();
    client.socket.pause();
    // Three fillers wait in the queue now, about 180,000 bytes: room for 6 messages of 10,000 to the first limit
    // and for 16 to the second.
    const fillers = await congest(gateway, connection);
    const send = (kind: string, count: number, urgency: Urgency) => {
      for (let i = 0; i < count; i++) connection.send(NOTHING, named(`${kind} ${i}`, SIZE), urgency);
    };

    send('low', 10, 'low');
    expect(gateway.stats().dropped).toEqual({ low: 4, normal: 0 });

    send('normal', 20, 'normal');
    expect(gateway.stats().dropped).toEqual({ low: 10, normal: 4 });

    send('high', 10, 'required');
    expect(gateway.stats().dropped).toEqual({ low: 10, normal: 14 });

    const names = await readNames(client, (sofar) => sofar.includes('high 9'));
    expect(names).toEqual([
      ...Array.from({ length: fillers }, (_, i) => `filler ${i}`),
      ...Array.from({ length: 6 }, (_, i) => `normal ${14 + i}`),
      ...Array.from({ length: 10 }, (_, i) => `high ${i}`),
    ]);
  });

  it('is sent everything again once it reads', async () => {
    const { gateway, peer } = await openGateway();
    const client = await RawClient.upgraded(gateway.port);
    const { connection } = await peer();
    client.socket.pause();
    const fillers = await congest(gateway, connection);
    await readNames(client, (sofar) => sofar.length === fillers);

    const { dropped } = gateway.stats();
    for (let i = 0; i < 100; i++) connection.send(NOTHING, named(`low ${i}`, SIZE), 'low');
    await readNames(client, (sofar) => sofar.length === 100);
    expect(gateway.stats().dropped).toEqual(dropped);
  });

  it('is disconnected when more than the hard limit waits for it, and nobody else notices', async () => {
    const { gateway, peer, peers } = await openGateway({ limits: { maxQueuedBytes: 1_000_000 } });
    const stalled = await RawClient.upgraded(gateway.port);
    const healthy = await RawClient.upgraded(gateway.port);
    const [first, second] = [await peer(0), await peer(1)];
    stalled.socket.pause();
    const body = named('for all', 50_000);
    let sent = 0;
    let read = 0;
    while (first.disconnects === 0) {
      sent++;
      for (const { connection } of peers) connection.send(NOTHING, body, 'required');
      await turn();
      read += healthy.takeFrames().length;
    }
    expect(gateway.stats()).toMatchObject({ overruns: 1, connections: 1 });
    await until(() => {
      read += healthy.takeFrames().length;
      return read === sent;
    });
    expect(second.disconnects).toBe(0);

    stalled.socket.resume();
    await until(() => stalled.ended);
    expect(stalled.takeFrames().some(({ firstByte }) => firstByte === 0x88)).toBe(false);
  });

  it('cannot make pongs pile up', async () => {
    const { gateway, peer } = await openGateway();
    const client = await RawClient.upgraded(gateway.port);
    const { connection } = await peer();
    client.socket.pause();
    const fillers = await congest(gateway, connection);
    const { writes } = gateway.stats();
    for (let i = 1; i <= 5_000; i++) client.sendFrame(0x89, Buffer.from(`ping ${i}`));
    client.sendFrame(0x82, Buffer.from([8, 14]));
    const { received } = await peer();
    await until(() => received.length === 1);
    expect(gateway.stats().writes).toBe(writes);

    const names = await readNames(client, (sofar) => sofar.length === fillers + 1);
    expect(names.filter((name) => name.startsWith('ping'))).toEqual(['ping 5000']);
  });

  it('gets the close frame after what was queued, once it reads', async () => {
    const { gateway, peer } = await openGateway();
    const client = await RawClient.upgraded(gateway.port);
    const { connection } = await peer();
    client.socket.pause();
    const fillers = await congest(gateway, connection);
    connection.close(4115, 'kicked');
    const names = await readNames(client, (sofar) => sofar.length === fillers + 1);
    expect(names.at(-1)).toContain('kicked');
    expect(names.slice(0, -1)).toEqual(Array.from({ length: fillers }, (_, i) => `filler ${i}`));
  });

  it('gets all that is required, once and in order, and of the rest a part in order', async () => {
    const limits = { lowQueuedBytes: 30_000, normalQueuedBytes: 60_000, maxQueuedBytes: 64 * 1024 * 1024 };
    const { gateway, peer } = await openGateway({ limits });
    const client = await RawClient.upgraded(gateway.port);
    const { connection } = await peer();
    const step = fc.oneof(
      fc.record({
        urgency: fc.constantFrom<Urgency>('required', 'normal', 'low'),
        size: fc.integer({ min: 10, max: 70_000 }),
      }),
      fc.constantFrom('turn' as const, 'read' as const, 'stall' as const),
    );
    let total = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        client.socket.pause();
        await congest(gateway, connection);
        const sent: { name: string; urgency: Urgency }[] = [];
        for (const step of steps) {
          if (step === 'turn') await turn();
          else if (step === 'read') client.socket.resume();
          else if (step === 'stall') client.socket.pause();
          else {
            const name = `message ${total++}`;
            sent.push({ name, urgency: step.urgency });
            connection.send(NOTHING, named(name, step.size), step.urgency);
          }
        }
        const end = `end ${total++}`;
        connection.send(NOTHING, named(end, 10), 'required');

        const names = (await readNames(client, (sofar) => sofar.includes(end))).filter((name) =>
          name.startsWith('message'),
        );
        const came = new Set(names);
        expect(names).toEqual(sent.map(({ name }) => name).filter((name) => came.has(name)));
        expect(sent.filter(({ name, urgency }) => urgency === 'required' && !came.has(name))).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});
