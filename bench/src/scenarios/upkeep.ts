// Traffic while the jobs delete what is past its lifespan, beside the same traffic on the same server before they start.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { appendMany, makeConversation, withStore } from '../load/fill-store.ts';
import { startParley } from '../servers/start-server.ts';
import { oneToOne } from './one-to-one.ts';

const OLD_MESSAGES = 200_000;
const OLD_CONVERSATIONS = 2_000;
const HALF_A_YEAR_AND_MORE = 200 * 24 * 3600 * 1000;
/** Messages a second of live traffic: what a small machine is busy with, not what it can just bear. */
const RATE = 5_000;

export async function compareUpkeep(seconds: number): Promise<readonly string[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-upkeep-'));
  await fill(join(dataDir, 'parley.db'));
  const server = await startParley({ dataDir });
  try {
    const prepared = await oneToOne.prepare(server);
    const before = await prepared.atRate(RATE, seconds);
    const left = messagesLeft(dataDir);
    process.stderr.write(`waiting for the jobs, which look for work once a minute; ${left} old messages\n`);
    while (messagesLeft(dataDir) === left) await new Promise((resolve) => setTimeout(resolve, 250));
    const atStart = messagesLeft(dataDir);
    const during = await prepared.atRate(RATE, seconds);
    const deleted = atStart - messagesLeft(dataDir);
    prepared.end();
    const row = (name: string, { rate, p50, p99 }: typeof before) =>
      `| ${name} | ${Math.round(rate).toLocaleString('en')} | ${p50.toFixed(1)} ms | ${p99.toFixed(1)} ms |`;
    return [
      '### traffic while old messages are deleted',
      '',
      `${RATE.toLocaleString('en')} one-to-one messages a second; ${OLD_MESSAGES.toLocaleString('en')} messages in ${OLD_CONVERSATIONS.toLocaleString('en')} conversations are past their lifespan.`,
      `${Math.round(deleted / (seconds + 1)).toLocaleString('en')} of them were deleted each second while the second row was measured.`,
      '',
      '| | messages/s | p50 | p99 |',
      '|---|---|---|---|',
      row('before the jobs start', before),
      row('while they delete', during),
    ];
  } finally {
    await server.stop();
  }
}

async function fill(path: string): Promise<void> {
  const now = Date.now() - HALF_A_YEAR_AND_MORE;
  await withStore(path, now, async ({ store, app }) => {
    const keys: number[] = [];
    for (let n = 0; n < OLD_CONVERSATIONS; n++) {
      keys.push(await makeConversation(store, app, [`old-${n}`, `older-${n}`], now));
    }
    await appendMany(store, OLD_MESSAGES, (n) => ({
      conversation: keys[n % keys.length] ?? 1,
      now: now + n,
    }));
  });
}

function messagesLeft(dataDir: string): number {
  const db = new DatabaseSync(join(dataDir, 'parley.db'), { readOnly: true });
  const row = db
    .prepare('SELECT count(*) AS n FROM message WHERE timestamp < ?')
    .get(Date.now() - HALF_A_YEAR_AND_MORE / 2);
  db.close();
  return Number(row?.n);
}
