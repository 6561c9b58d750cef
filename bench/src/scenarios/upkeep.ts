// Traffic while the jobs delete what is past its lifespan, beside the same traffic on the same server before they start.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteStore } from '@parley/testkit';
import { APP_ID, startParley } from '../servers/start-server.ts';
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
  const store = await openSqliteStore({
    path,
    onFatal: (error) => {
      throw error;
    },
  });
  const now = Date.now() - HALF_A_YEAR_AND_MORE;
  const { app } = await store.apps.create({
    id: APP_ID,
    appKey: 'benchmark-app-key',
    masterKey: 'benchmark-master-key',
    settings: {},
    createdAt: now,
  });
  const keys: number[] = [];
  for (let n = 0; n < OLD_CONVERSATIONS; n++) {
    const { conversation } = await store.conversations.create({
      app: app.key,
      id: n.toString(16).padStart(24, '0'),
      kind: 'basic',
      columns: {},
      members: [`old-${n}`, `older-${n}`],
      unique: false,
      now,
    });
    keys.push(conversation.key);
  }
  for (let n = 0; n < OLD_MESSAGES; n += 1000) {
    await Promise.all(
      Array.from({ length: 1000 }, (_, k) =>
        store.messages.append({
          conversation: keys[(n + k) % keys.length] ?? 1,
          sender: 'somebody',
          body: 'x'.repeat(120),
          receipt: false,
          mentions: [],
          mentionAll: false,
          membersOnly: false,
          now: now + n + k,
        }),
      ),
    );
  }
  await store.close();
}

function messagesLeft(dataDir: string): number {
  const db = new DatabaseSync(join(dataDir, 'parley.db'), { readOnly: true });
  const row = db
    .prepare('SELECT count(*) AS n FROM message WHERE timestamp < ?')
    .get(Date.now() - HALF_A_YEAR_AND_MORE / 2);
  db.close();
  return Number(row?.n);
}
