// Pages out of a long history, beside the same rows read with SQL in the measuring process.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CommandType } from '@parley/protocol';
import { appendMany, makeConversation, withStore } from '../load/fill-store.ts';
import { LoadClient } from '../load/load-client.ts';
import { seconds } from '../load/measure.ts';
import { RawHttp } from '../load/raw-http.ts';
import { APP_ID, MASTER_KEY, startParley } from '../servers/start-server.ts';

const MESSAGES = 1_000_000;
const PAGE = 1_000;
const IN_FLIGHT = 4;
const CID = '00000000000000000000beef';

export async function compareHistory(duration: number): Promise<readonly string[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-history-'));
  const path = join(dataDir, 'parley.db');
  const start = Date.now() - MESSAGES - 1000;
  const key = await withStore(path, start, async ({ store, app }) => {
    const conversation = await makeConversation(store, app, ['Tom', 'Jerry'], start, CID);
    await appendMany(store, MESSAGES, (n) => ({ conversation, now: start + n }));
    return conversation;
  });
  const somewhere = () => start + PAGE + Math.floor(Math.random() * (MESSAGES - PAGE));
  const server = await startParley({ dataDir });
  try {
    const byHand = measureSql(path, key, somewhere, duration);
    // On several devices: the server serves the pages of one session one after another.
    const devices = await Promise.all(
      Array.from({ length: IN_FLIGHT }, () => LoadClient.open(server, 'Tom')),
    );
    const wire = await measure(duration, async (n) => {
      const logsMessage = { cid: CID, t: somewhere(), limit: PAGE };
      const reply = await devices[n]?.request({ cmd: CommandType.logs, logsMessage });
      return reply?.logsMessage?.logs?.length ?? 0;
    });
    for (const device of devices) device.close();
    const http = await RawHttp.connect(Number(server.wsUrl.port), IN_FLIGHT);
    const rest = await measure(duration, async () => {
      const body = await http.request(
        'GET',
        `/1.2/rtm/conversations/${CID}/messages?limit=${PAGE}&timestamp=${somewhere()}`,
        { 'x-lc-id': APP_ID, 'x-lc-key': `${MASTER_KEY},master` },
      );
      return JSON.parse(body).length;
    });
    http.close();
    const row = (name: string, rate: number) =>
      `| ${name} | ${Math.round(rate).toLocaleString('en')} | ${Math.round(rate * PAGE).toLocaleString('en')} | ${(rate / byHand).toFixed(2)} |`;
    return [
      '### pages of history',
      '',
      `Pages of ${PAGE.toLocaleString('en')} messages from random places of a conversation of ${MESSAGES.toLocaleString('en')}, ${IN_FLIGHT} in flight; the SQL is prepared once and its rows are used as they come.`,
      '',
      '| | pages/s | messages/s | of the SQL |',
      '|---|---|---|---|',
      row('SQL by hand, in the measuring process', byHand),
      row('Parley, WebSocket', wire),
      row('Parley, REST', rest),
    ];
  } finally {
    await server.stop();
  }
}

async function measure(duration: number, page: (worker: number) => Promise<number>): Promise<number> {
  let pages = 0;
  let going = true;
  async function go(_: unknown, worker: number): Promise<void> {
    while (going) {
      const length = await page(worker);
      if (length !== PAGE) throw new Error(`A page had ${length} messages.`);
      pages++;
    }
  }
  const workers = Array.from({ length: IN_FLIGHT }, go);
  await seconds(1);
  const before = pages;
  await seconds(duration);
  const rate = (pages - before) / duration;
  going = false;
  await Promise.all(workers);
  return rate;
}

function measureSql(path: string, key: number, somewhere: () => number, duration: number): number {
  const db = new DatabaseSync(path, { readOnly: true });
  const read = db.prepare(
    `SELECT m.* FROM message_order o JOIN message m ON m.row = o.row
      WHERE o.conversation = ? AND o.timestamp < ? ORDER BY o.timestamp DESC LIMIT ?`,
  );
  let pages = 0;
  const until = performance.now() + duration * 1000;
  while (performance.now() < until) {
    if (read.all(key, somewhere(), PAGE).length !== PAGE) throw new Error('A page was short.');
    pages++;
  }
  db.close();
  return pages / duration;
}
