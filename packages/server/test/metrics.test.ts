import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandType, OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine, Raw } from './fake-engine.ts';
import { conv, say, startConversation } from './flow.ts';

const TOKEN = 'a-token-of-twenty-letters';
const PATIENT = { timeout: 20_000 };

let engine: FakeEngine;
let parley: Parley;
let receiverStatus = 401;
const receiver = createServer((_request, response) => response.writeHead(receiverStatus).end());
beforeAll(async () => {
  engine = await FakeEngine.start();
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  parley = await startParley({
    metricsToken: TOKEN,
    settings: {
      ...engine.settings({ hooks: ['_messageReceived', '_messageSent'] }),
      webhook: { url: `http://127.0.0.1:${port}/`, secret: 'c2VjcmV0'.repeat(4), retries: 0 },
      deliveriesPerSecond: 3,
    },
  });
});
afterAll(async () => {
  await parley.close();
  await engine.close();
  receiver.closeAllConnections();
  receiver.close();
});

const ask = (headers = {}, from = parley) => fetch(`${from.url}/metrics`, { headers });

/** Every line of the answer by its name and labels. */
async function metrics(from = parley): Promise<ReadonlyMap<string, number>> {
  const response = await ask({ authorization: `Bearer ${TOKEN}` }, from);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, name = '', value = ''] = /^(.*) (\S+)$/.exec(line) ?? [];
      return [name, Number(value)];
    }),
  );
}
const app = () => `app="${parley.appId}"`;

describe('metrics', () => {
  it('[F-OPS-07] are for who brings the token, and for nobody else', async () => {
    expect((await ask()).status).toBe(401);
    expect((await ask({ authorization: `Bearer ${TOKEN}x` })).status).toBe(401);
    expect((await ask({ authorization: `Basic ${TOKEN}` })).status).toBe(401);
    expect((await ask({ 'x-lc-id': parley.appId, 'x-lc-key': `${parley.masterKey},master` })).status).toBe(
      401,
    );
    expect((await ask({ authorization: `bearer ${TOKEN}` })).status).toBe(200);
    const other = await startParley();
    const response = await fetch(`${other.url}/metrics`, { headers: { authorization: 'Bearer ' } });
    expect(response.status).toBe(404);
    await other.close();
  });

  it('[F-OPS-07] count what happens', async () => {
    const before = await metrics();
    const tom = await TestClient.open(parley, 'Tom');
    const jerry = await TestClient.open(parley, 'Jerry');
    const phone = await TestClient.open(parley, 'Jerry');
    const cid = await startConversation(tom, { m: ['Tom', 'Jerry'] });
    await say(tom, cid, 'one');
    await say(tom, cid, 'two', { transient: true });
    expect((await say(tom, 'f'.repeat(24), 'nowhere')).ackMessage?.code).toBe(4401);
    const room = await startConversation(tom, { transient: true });
    for (const guest of [jerry, phone]) await conv(guest, OpType.add, { cid: room, m: ['Jerry'] });
    for (let n = 0; n < 3; n++) await say(tom, room, `to two devices, ${n}`);
    tom.send({ cmd: 99, op: 99, i: 1 } as never);
    await tom.settled();
    await fetch(`${parley.url}/1.2/rtm/conversations/${cid}/members`);
    await fetch(`${parley.url}/nothing/here`);
    const sent = `parley_hook_calls_total{${app()},hook="_messageSent",outcome="answered"}`;
    await expect.poll(async () => (await metrics()).get(sent), PATIENT).toBe(5);
    await expect
      .poll(async () => (await metrics()).get(`parley_webhook_dead_letters{${app()}}`), PATIENT)
      .toBeGreaterThan(0);

    const after = await metrics();
    const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    const values = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, grown(name)]));
    expect(
      values([
        'parley_connections',
        `parley_sessions{${app()}}`,
        `parley_clients_online{${app()}}`,
        'parley_commands_total{command="session/open",outcome="ok"}',
        'parley_commands_total{command="direct",outcome="ok"}',
        'parley_commands_total{command="direct",outcome="4401"}',
        'parley_commands_total{command="conv/add",outcome="ok"}',
        'parley_commands_total{command="unknown",outcome="4200"}',
        `parley_messages_total{${app()},conversation="basic",kind="stored"}`,
        `parley_messages_total{${app()},conversation="basic",kind="transient"}`,
        `parley_messages_total{${app()},conversation="chat-room",kind="stored"}`,
        'parley_http_requests_total{method="GET",route="none",status="404"}',
        'parley_http_requests_total{method="GET",route="/1.2/rtm/conversations/:cid/members",status="401"}',
        `parley_hook_calls_total{${app()},hook="_messageReceived",outcome="answered"}`,
        `parley_hook_calls_total{${app()},hook="_messageSent",outcome="answered"}`,
        `parley_hook_breaker_open{${app()},hook="_messageReceived"}`,
        `parley_hook_calls_waiting{${app()}}`,
      ]),
    ).toEqual({
      parley_connections: 3,
      [`parley_sessions{${app()}}`]: 3,
      [`parley_clients_online{${app()}}`]: 2,
      'parley_commands_total{command="session/open",outcome="ok"}': 3,
      'parley_commands_total{command="direct",outcome="ok"}': 5,
      'parley_commands_total{command="direct",outcome="4401"}': 1,
      'parley_commands_total{command="conv/add",outcome="ok"}': 2,
      'parley_commands_total{command="unknown",outcome="4200"}': 1,
      [`parley_messages_total{${app()},conversation="basic",kind="stored"}`]: 1,
      [`parley_messages_total{${app()},conversation="basic",kind="transient"}`]: 1,
      [`parley_messages_total{${app()},conversation="chat-room",kind="stored"}`]: 3,
      'parley_http_requests_total{method="GET",route="none",status="404"}': 1,
      'parley_http_requests_total{method="GET",route="/1.2/rtm/conversations/:cid/members",status="401"}': 1,
      [`parley_hook_calls_total{${app()},hook="_messageReceived",outcome="answered"}`]: 5,
      [`parley_hook_calls_total{${app()},hook="_messageSent",outcome="answered"}`]: 5,
      [`parley_hook_breaker_open{${app()},hook="_messageReceived"}`]: 0,
      [`parley_hook_calls_waiting{${app()}}`]: 0,
    });
    // One and two to two devices, and of the six to the room what the ceiling let through in each second.
    const discarded = grown(`parley_deliveries_discarded_total{${app()}}`);
    expect(grown('parley_deliveries_total') + discarded).toBe(2 + 2 + 6);
    expect(grown('parley_store_commit_seconds_count')).toBeGreaterThan(0);
    expect(grown('parley_store_batch_calls_sum')).toBeGreaterThanOrEqual(
      grown('parley_store_batch_calls_count'),
    );
    expect(grown(`parley_hook_seconds_count{${app()},hook="_messageReceived"}`)).toBe(5);
    expect(grown('parley_http_request_seconds_count{method="GET",route="/metrics"}')).toBeGreaterThan(0);
    expect(grown('parley_frames_sent_total')).toBeGreaterThan(10);
    expect(after.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(after.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
    await Promise.all([tom.close(), jerry.close(), phone.close()]);
  });

  it('[F-OPS-07] count what is refused, under the names of commands and no others', async () => {
    const before = await metrics();
    const stranger = await TestClient.connect(parley.wsUrl);
    const asked = [12345, 23456, 34567].map((op) => stranger.request({ cmd: CommandType.direct, op }));
    for (const { errorMessage } of await Promise.all(asked)) expect(errorMessage?.code).toBe(4105);
    expect((await stranger.login(parley.appId, 'x'.repeat(65))).errorMessage?.code).toBe(4103);
    await stranger.closed;
    const lost = await TestClient.connect(parley.wsUrl);
    expect((await lost.login('no-such-app', 'Tom')).errorMessage?.code).toBe(4100);
    await lost.closed;

    const after = await metrics();
    const grown = [...after].flatMap(([name, count]) =>
      name.startsWith('parley_commands_total') && count !== before.get(name)
        ? [[name, count - (before.get(name) ?? 0)]]
        : [],
    );
    expect(Object.fromEntries(grown)).toEqual({
      'parley_commands_total{command="direct",outcome="4105"}': 3,
      'parley_commands_total{command="session/open",outcome="4103"}': 1,
      'parley_commands_total{command="session/open",outcome="4100"}': 1,
    });
  });

  it('[F-OPS-07][F-HOOK-11] show an engine that is down, and a webhook that is not taken', async () => {
    engine.functions._messageReceived = () => new Raw(500, '');
    receiverStatus = 401;
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Tom', 'Spike'] });
    for (let n = 0; n < 12; n++) await say(tom, cid, 'anyway');
    const hook = `${app()},hook="_messageReceived"`;
    const seen = await metrics();
    expect(seen.get(`parley_hook_calls_total{${hook},outcome="failed"}`)).toBe(10);
    expect(seen.get(`parley_hook_calls_total{${hook},outcome="skipped"}`)).toBe(2);
    expect(seen.get(`parley_hook_breaker_open{${hook}}`)).toBe(1);
    const webhook = `${app()},webhook="messages"`;
    await expect
      .poll(async () => (await metrics()).get(`parley_webhook_backlog{${webhook}}`), PATIENT)
      .toBe(0);
    const last = await metrics();
    expect(last.get(`parley_webhook_batches_total{${webhook},outcome="set-aside"}`)).toBe(
      last.get(`parley_webhook_dead_letters{${app()}}`),
    );
    await tom.close();
  });

  it('[F-OPS-07][F-MOD-02] show how plug-ins are', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-metrics-'));
    const path = join(folder, 'picky.js');
    await writeFile(
      path,
      `export default { api: 1, name: 'picky', start: () => ({ before: { messageReceived({ content }) {
        if (content === 'bad') throw new Error('no luck');
      } } }) };`,
    );
    const picky = await startParley({ metricsToken: TOKEN, plugins: [{ path }] });
    const tom = await TestClient.open(picky, 'Tom');
    const cid = await startConversation(tom, { m: ['Tom', 'Jerry'] });
    const read = async () =>
      Object.fromEntries([...(await metrics(picky))].filter(([name]) => name.startsWith('parley_plugin_')));
    await say(tom, cid, 'good');
    for (let n = 0; n < 10; n++) await say(tom, cid, 'bad');
    expect(await read()).toEqual({
      'parley_plugin_up{plugin="picky"}': 1,
      'parley_plugin_restarts_total{plugin="picky"}': 0,
      'parley_plugin_questions_total{plugin="picky"}': 11,
      'parley_plugin_questions_failed_total{plugin="picky"}': 10,
      'parley_plugin_events_waiting{plugin="picky"}': 0,
      'parley_plugin_events_dropped_total{plugin="picky"}': 0,
      'parley_plugin_breaker_open{plugin="picky",hook="messageReceived"}': 1,
    });
    await tom.close();
    await picky.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('[F-OPS-07] cannot be made many by who tries many paths or commands', async () => {
    const count = async () =>
      [...(await metrics()).keys()].filter((name) => name.startsWith('parley_')).length;
    const tom = await TestClient.open(parley, 'Tom');
    await fetch(`${parley.url}/a/1`);
    tom.send({ cmd: CommandType.conv, op: 7777, i: 1 } as never);
    await tom.settled();
    const before = await count();
    for (let n = 0; n < 20; n++) {
      await fetch(`${parley.url}/a/${n}`);
      tom.send({ cmd: 1000 + n, op: n, i: n + 10 } as never);
      tom.send({ cmd: CommandType.conv, op: 5000 + n, i: n + 100 } as never);
    }
    await tom.settled();
    expect(await count()).toBe(before);
    await tom.close();
  });
});
