import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandType, type GenericCommand, OpType } from '@parley/protocol';
import { type ParleyProcess, startParleyProcess, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const ROUNDS = 20;
const SENDERS = 4;
const IN_FLIGHT = 8;
const APP_ID = 'crash-test-app-id';

/** What one sender knows about one message it sent. */
interface Sent {
  readonly text: string;
  readonly token: string;
  /** Set once the server acknowledged it. */
  id?: string;
  timestamp?: number;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-crash-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(): Promise<ParleyProcess> {
  const server = await startParleyProcess({
    PARLEY_DATA_DIR: folder,
    PARLEY_APP_ID: APP_ID,
    PARLEY_CLIENT_RATE_LIMITS: 'off',
  });
  // A test that fails is to leave no server behind.
  onTestFinished(() => server.killNine());
  return server;
}

const connect = (server: ParleyProcess, id: string) =>
  TestClient.open({ wsUrl: server.wsUrl, appId: APP_ID }, id);

/** Keeps messages in flight until the connection dies. Unanswered ones stay in `sent` without an id. */
async function sendUntilDead(client: TestClient, cid: string, name: string, sent: Sent[]): Promise<void> {
  let dead = false;
  void client.closed.then(() => {
    dead = true;
  });
  const lane = async () => {
    while (!dead) {
      const message: Sent = { text: `${name}-${sent.length}`, token: `${name}-token-${sent.length}` };
      sent.push(message);
      const reply = await Promise.race([client.request(direct(cid, message)), client.closed]);
      if (!('cmd' in reply)) return;
      remember(message, reply);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

function direct(cid: string, { text, token }: Sent): GenericCommand {
  return { cmd: CommandType.direct, directMessage: { cid, msg: text, dt: token } };
}

function remember(message: Sent, reply: GenericCommand): void {
  expect(reply.ackMessage?.code).toBeUndefined();
  message.id = reply.ackMessage?.uid ?? '';
  message.timestamp = reply.ackMessage?.t ?? 0;
}

async function wholeHistory(client: TestClient, cid: string) {
  const items = [];
  let from: { t?: number; mid?: string } = {};
  for (;;) {
    const reply = await client.request({
      cmd: CommandType.logs,
      logsMessage: { cid, direction: 2, limit: 1000, ...from },
    });
    const page = reply.logsMessage?.logs ?? [];
    items.push(...page);
    const last = page.at(-1);
    if (page.length < 1000 || last === undefined) return items;
    from = { t: last.timestamp ?? 0, mid: last.msgId ?? '' };
  }
}

describe('a server that is killed', () => {
  it('[F-MSG-04][F-MSG-07][F-MSG-67] has every acknowledged message in history, none twice, after kill -9 at random moments under load', async () => {
    const sent: Sent[][] = Array.from({ length: SENDERS }, () => []);
    const names = Array.from({ length: SENDERS }, (_, index) => `sender-${index}`);
    let cid = '';
    for (let round = 0; round < ROUNDS; round++) {
      const server = await start();
      const clients = await Promise.all(names.map((name) => connect(server, name)));
      const [first] = clients;
      if (cid === '') {
        const started = await first?.request({
          cmd: CommandType.conv,
          op: OpType.start,
          convMessage: { m: names, unique: true },
        });
        cid = started?.convMessage?.cid ?? '';
      }
      // What the last crash left unanswered is sent again with its token, as SDKs do.
      await Promise.all(
        clients.map(async (client, index) => {
          for (const message of sent[index] ?? []) {
            if (message.id === undefined) remember(message, await client.request(direct(cid, message)));
          }
        }),
      );
      const acknowledgedBefore = sent.flat().filter((message) => message.id !== undefined).length;
      const sending = clients.map((client, index) =>
        sendUntilDead(client, cid, names[index] ?? '', sent[index] ?? []),
      );
      // The moment of the crash is a number of acknowledgements, so that every round really had some.
      const enough = acknowledgedBefore + 20 + Math.floor(Math.random() * 300);
      await until(() => sent.flat().filter((message) => message.id !== undefined).length >= enough);
      await server.killNine();
      await Promise.all(sending);
    }

    const server = await start();
    const reader = await connect(server, names[0] ?? '');
    const history = await wholeHistory(reader, cid);
    await reader.close();
    expect(await server.stop()).toBe(0);

    const acknowledged = sent.flat().filter((message) => message.id !== undefined);
    const byId = new Map(history.map((item) => [item.msgId, item]));
    const missing = acknowledged.filter(({ id, text, timestamp }) => {
      const item = byId.get(id);
      return item?.data !== text || item.timestamp !== timestamp;
    });
    expect(acknowledged.length).toBeGreaterThan(ROUNDS * 20);
    expect(missing).toEqual([]);
    const texts = history.map((item) => item.data);
    expect(new Set(texts).size).toBe(texts.length);
    const times = history.map((item) => item.timestamp ?? 0);
    expect(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0))).toBe(true);
  }, 180_000);

  it('[F-SESS-21][F-SESS-22] still refuses the device that lost its tag while it was offline, until the winner logs out', async () => {
    const login = async (server: ParleyProcess, deviceId: string, r: boolean) => {
      const client = await TestClient.connect(server.wsUrl);
      return { client, reply: await client.login(APP_ID, 'Tom', { tag: 'Mobile', deviceId, r }) };
    };
    let server = await start();
    const loser = await login(server, 'A', false);
    expect(loser.reply.op).toBe(OpType.opened);
    await loser.client.terminate();
    const winner = await login(server, 'B', false);
    expect(winner.reply.op).toBe(OpType.opened);
    // A login does not wait for the disk, but this does, and the store writes in order.
    await winner.client.request({ cmd: CommandType.conv, op: OpType.start, convMessage: { m: ['Jerry'] } });
    await server.killNine();

    server = await start();
    const refused = await login(server, 'A', true);
    expect(refused.reply.errorMessage).toMatchObject({ code: 4111, reason: 'SESSION_CONFLICT' });
    const back = await login(server, 'B', true);
    expect(back.reply.op).toBe(OpType.opened);
    const loggedOut = await back.client.request({ cmd: CommandType.session, op: OpType.close });
    expect(loggedOut.op).toBe(OpType.closed);
    await server.killNine();

    server = await start();
    const free = await login(server, 'A', true);
    expect(free.reply.op).toBe(OpType.opened);
    await free.client.close();
    expect(await server.stop()).toBe(0);
  }, 180_000);
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
