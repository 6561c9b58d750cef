import { CommandType, decodeCommand, type GenericCommand, type LogsCommand } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { say, startConversation } from './flow.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley();
});
afterAll(() => parley.close());

let names = 0;
const someone = (name: string) => `${name}-${++names}`;

/** A message as everybody must see it. */
interface Seen {
  readonly id: string;
  readonly t: number;
  readonly text: string;
}

async function logs(client: TestClient, fields: LogsCommand): Promise<readonly Seen[]> {
  const reply = await client.request({ cmd: CommandType.logs, logsMessage: fields });
  return (reply.logsMessage?.logs ?? []).map(({ msgId = '', timestamp = 0, data = '' }) => ({
    id: msgId,
    t: timestamp,
    text: data,
  }));
}

describe('the history of a conversation that several wrote to at once', () => {
  const writers = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 4 });

  async function written(counts: readonly number[]) {
    const clients = await Promise.all(counts.map(() => TestClient.open(parley, someone('Writer'))));
    const [reader] = clients;
    if (reader === undefined) throw new Error('Nobody writes.');
    const ids = Array.from({ length: counts.length }, (_, n) => `Writer-${names - n}`);
    const cid = await startConversation(reader, { m: ids });
    const sent = await Promise.all(
      clients.flatMap((client, who) =>
        Array.from({ length: counts[who] ?? 0 }, async (_, n): Promise<Seen> => {
          const text = `${who}: ${n}`;
          const { uid = '', t = 0 } = (await say(client, cid, text)).ackMessage ?? {};
          return { id: uid, t, text };
        }),
      ),
    );
    const close = () => Promise.all(clients.map((client) => client.close()));
    return { reader, cid, sent: sent.sort((a, b) => a.t - b.t), close };
  }

  it('[F-MSG-30][F-MSG-52][F-MSG-53] comes in the order of its acknowledgements, whatever the page and direction', async () => {
    await fc.assert(
      fc.asyncProperty(
        writers,
        fc.integer({ min: 1, max: 15 }),
        fc.boolean(),
        fc.boolean(),
        async (counts, limit, newer, byTimeOnly) => {
          const { reader, cid, sent, close } = await written(counts);
          const times = sent.map(({ t }) => t);
          expect(new Set(times).size).toBe(times.length);
          const pages: Seen[][] = [];
          let anchor: Seen | undefined;
          do {
            const page = await logs(reader, {
              cid,
              limit,
              ...(newer && { direction: 2 }),
              ...(anchor !== undefined && { t: anchor.t, ...(!byTimeOnly && { mid: anchor.id }) }),
            });
            expect(page.length).toBeLessThanOrEqual(limit);
            pages.push([...page]);
            anchor = newer ? page.at(-1) : page[0];
          } while (anchor !== undefined && pages.at(-1)?.length === limit);
          expect((newer ? pages : pages.reverse()).flat()).toEqual(sent);
          await close();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('[F-MSG-54][F-MSG-55] between any two places is exactly what lies between them', async () => {
    const { reader, cid, sent, close } = await written([9, 9, 9]);
    const place = fc.record({
      at: fc.nat({ max: sent.length - 1 }),
      beside: fc.constantFrom(-1, 0, 0, 0, 1),
      byTimeOnly: fc.boolean(),
      included: fc.boolean(),
    });
    type Place = typeof place extends fc.Arbitrary<infer Value> ? Value : never;
    const timeOf = ({ at, beside }: Place) => (sent[at]?.t ?? 0) + beside;
    const idOf = ({ at, beside, byTimeOnly }: Place) => (byTimeOnly || beside !== 0 ? '' : sent[at]?.id);
    const isBeyond = (bound: Place | undefined, message: Seen, sign: 1 | -1) =>
      bound === undefined ||
      (message.t - timeOf(bound)) * sign > 0 ||
      (bound.included && message.t === timeOf(bound));
    await fc.assert(
      fc.asyncProperty(
        fc.option(place, { nil: undefined }),
        fc.option(place, { nil: undefined }),
        fc.boolean(),
        fc.integer({ min: 0, max: 30 }),
        async (start, end, newer, limit) => {
          const direction = newer ? 1 : -1;
          const between = sent.filter(
            (message) => isBeyond(start, message, direction) && isBeyond(end, message, newer ? -1 : 1),
          );
          const expected = newer
            ? between.slice(0, limit)
            : between.slice(between.length - Math.min(limit, between.length));
          const page = await logs(reader, {
            cid,
            limit,
            direction: newer ? 2 : 1,
            ...(start !== undefined && { t: timeOf(start), mid: idOf(start), tIncluded: start.included }),
            ...(end !== undefined && { tt: timeOf(end), tmid: idOf(end), ttIncluded: end.included }),
          });
          expect(page).toEqual(expected);
        },
      ),
      { numRuns: 400 },
    );
    await close();
  });
});

/** A device that keeps its count the way SDKs do: a summary is the truth, each live message of others adds one. */
class Device {
  count = 0;
  /** What it was sent on the present connection, oldest first. */
  received: Seen[] = [];
  client: TestClient;
  readonly #name: string;
  #notified = 0;

  private constructor(name: string, client: TestClient) {
    this.#name = name;
    this.client = client;
    this.#listen();
  }

  static async open(name: string): Promise<Device> {
    return new Device(name, await TestClient.open(parley, name));
  }

  async reconnect(): Promise<void> {
    await this.client.terminate();
    this.received = [];
    // Who was never told a moment is told what is unread now, and of nothing that was read.
    if (this.#notified === 0) this.count = 0;
    const client = await TestClient.connect(parley.wsUrl);
    this.client = client;
    this.#listen();
    await client.login(parley.appId, this.#name, { r: true, lastUnreadNotifTime: this.#notified });
  }

  #listen(): void {
    this.client.socket.on('message', (data: Buffer) => this.#learn(decodeCommand(data)));
  }

  #learn({ unreadMessage, directMessage }: GenericCommand): void {
    for (const { unread = Number.NaN } of unreadMessage?.convs ?? []) this.count = unread;
    this.#notified = unreadMessage?.notifTime ?? this.#notified;
    if (directMessage === undefined) return;
    const { id = '', timestamp: t = 0, msg: text = '', fromPeerId } = directMessage;
    this.received.push({ id, t, text });
    if (fromPeerId !== this.#name) this.count++;
  }
}

describe('devices of two people who write, read and lose their connections at once', () => {
  const steps = fc.array(fc.constantFrom('send', 'send', 'send', 'read', 'reconnect', 'pause'), {
    maxLength: 12,
  });

  it('[F-SESS-13][F-SESS-25][F-MSG-30][F-MSG-44] see one order, each message once, and the count the server has', async () => {
    await fc.assert(
      fc.asyncProperty(steps, steps, steps, steps, async (...scripts) => {
        const people = [someone('Tom'), someone('Jerry')] as const;
        const [tom, jerry] = people;
        const owners = [tom, tom, jerry, jerry];
        const devices = await Promise.all(owners.map((name) => Device.open(name)));
        const first = devices[0];
        if (first === undefined) throw new Error('There is no device.');
        const cid = await startConversation(first.client, { m: [jerry] });
        // What each device sent on its present connection: that is not told to it again.
        const own = devices.map(() => new Set<string>());

        async function run(device: Device, sent: Set<string>, script: readonly string[]): Promise<void> {
          const pending: Promise<unknown>[] = [];
          for (const step of script) {
            if (step === 'send') {
              pending.push(
                say(device.client, cid, 'hello', { r: true }).then((reply) =>
                  sent.add(reply.ackMessage?.uid ?? ''),
                ),
              );
            }
            if (step === 'read')
              device.client.send({ cmd: CommandType.read, readMessage: { convs: [{ cid }] } });
            if (step === 'pause') await device.client.settled();
            if (step === 'reconnect') {
              await Promise.all(pending.splice(0));
              sent.clear();
              await device.reconnect();
            }
          }
          await Promise.all(pending);
        }
        await Promise.all(
          devices.map((device, index) => run(device, own[index] ?? new Set(), scripts[index] ?? [])),
        );

        // Commands without reply are through once a later one of the same device has been answered; what they led to
        // has arrived everywhere once a message sent after them has.
        await Promise.all(devices.map((device) => device.client.settled()));
        await parley.store.ping();
        for (const name of people) {
          const closing = await TestClient.open(parley, name);
          await say(closing, cid, 'the end');
          await Promise.all(
            devices.map((device) =>
              device.client.next(({ directMessage }) => directMessage?.msg === 'the end'),
            ),
          );
          await closing.close();
        }
        await Promise.all(devices.map((device) => device.client.settled()));

        const history = await logs(first.client, { cid, limit: 1000 });
        const counts = new Map<string, number>();
        for (const name of people) {
          const key = parley.apps.find(parley.appId)?.key ?? 0;
          const [state] = await parley.store.memberStates.unread(key, name, 0, Date.now());
          counts.set(name, state?.count ?? 0);
        }
        for (const [index, device] of devices.entries()) {
          const others = history.filter(({ id }) => own[index]?.has(id) !== true);
          expect(device.received).toEqual(others.slice(others.length - device.received.length));
          expect(device.count).toBe(counts.get(owners[index] ?? ''));
        }
        await Promise.all(devices.map((device) => device.client.close()));
      }),
      { numRuns: 60 },
    );
  });
});
