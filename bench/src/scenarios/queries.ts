// Conversation queries over the wire, beside hand-written SQL on the very same database file in this process.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CommandType, OpType } from '@parley/protocol';
import { LoadClient } from '../load/load-client.ts';
import { startParley } from '../servers/start-server.ts';

const CONVERSATIONS = 100_000;
/** Each with one query in flight: the server serves those of one client one after another. */
const ASKERS = 16;
const CLIENTS = 5_000;
const COLOURS = 2_000;

interface Query {
  readonly what: string;
  readonly where: (n: number) => object;
  readonly sql: string;
  readonly parameters: (n: number) => readonly (string | number)[];
}

/** Ten conversations each, in the standard order: the newest message first. */
const TAIL = 'ORDER BY last_message_at IS NULL, last_message_at DESC, updated_at DESC LIMIT 10';
const ROW = 'SELECT id, columns, creator, created_at, updated_at, last_message_at FROM conversation';

const queries: readonly Query[] = [
  {
    what: 'by member',
    where: (n) => ({ m: `client-${n % CLIENTS}` }),
    sql: `${ROW} WHERE key IN (SELECT conversation FROM member WHERE app = 1 AND client = ?) ${TAIL}`,
    parameters: (n) => [`client-${n % CLIENTS}`],
  },
  {
    what: 'by attribute',
    where: (n) => ({ 'attr.colour': `colour ${n % COLOURS}` }),
    sql: `${ROW} WHERE json_extract(columns, '$.attr.colour') = ? ${TAIL}`,
    parameters: (n) => [`colour ${n % COLOURS}`],
  },
  {
    what: 'by member and attribute',
    where: (n) => ({
      m: `client-${n % CLIENTS}`,
      'attr.colour': { $in: ['colour 1', `colour ${n % COLOURS}`] },
    }),
    sql: `${ROW} WHERE key IN (SELECT conversation FROM member WHERE app = 1 AND client = ?)
          AND json_extract(columns, '$.attr.colour') IN ('colour 1', ?) ${TAIL}`,
    parameters: (n) => [`client-${n % CLIENTS}`, `colour ${n % COLOURS}`],
  },
  {
    what: 'by part of the name (looks at all)',
    where: (n) => ({ name: { $regex: `\\Qnumber ${n % CONVERSATIONS} \\E` } }),
    sql: `${ROW} WHERE instr(json_extract(columns, '$.name'), ?) > 0 ${TAIL}`,
    parameters: (n) => [`number ${n % CONVERSATIONS} `],
  },
];

export async function compareQueries(seconds: number): Promise<readonly string[]> {
  const server = await startParley();
  try {
    const clients = await Promise.all(
      Array.from({ length: ASKERS }, (_, n) => LoadClient.open(server, `asker ${n}`)),
    );
    await fill(clients);
    const db = new DatabaseSync(join(server.dataDir ?? '', 'parley.db'), { readOnly: true });
    const rows: string[] = [];
    for (const query of queries) {
      const parley = await measureWire(clients, query, seconds);
      const raw = measureSql(db, query, seconds);
      const cells = [parley, raw].map((rate) =>
        rate.toLocaleString('en', { maximumFractionDigits: rate < 100 ? 1 : 0 }),
      );
      rows.push(`| ${query.what} | ${cells[0]} | ${cells[1]} | ${(parley / raw).toFixed(2)} |`);
    }
    db.close();
    for (const client of clients) client.close();
    return [
      '### conversation queries',
      '',
      `${CONVERSATIONS.toLocaleString('en')} conversations of 5 members with attributes, 10 results each, ${ASKERS} clients asking.`,
      'Parley answers over its socket, in the form SDKs read; the SQL is prepared once and runs in the measuring process.',
      '',
      '| query | Parley, queries/s | SQL by hand, queries/s | ratio |',
      '|---|---|---|---|',
      ...rows,
    ];
  } finally {
    await server.stop();
  }
}

async function fill([client]: readonly LoadClient[]): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: 256 }, async () => {
      while (next < CONVERSATIONS) {
        const n = next++;
        const attributes = {
          name: `number ${n} of many`,
          attr: { colour: `colour ${n % COLOURS}`, size: n % 7 },
        };
        await client?.request({
          cmd: CommandType.conv,
          op: OpType.start,
          convMessage: {
            m: [0, 1, 2, 3].map((k) => `client-${(n * 13 + k * 7919) % CLIENTS}`),
            attr: { data: JSON.stringify(attributes) },
          },
        });
      }
    }),
  );
  process.stderr.write(`${CONVERSATIONS} conversations made\n`);
}

async function measureWire(clients: readonly LoadClient[], query: Query, seconds: number): Promise<number> {
  let count = 0;
  let n = 0;
  const until = performance.now() + seconds * 1000;
  const started = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < until) {
        const reply = await client.request({
          cmd: CommandType.conv,
          op: OpType.query,
          convMessage: { where: { data: JSON.stringify(query.where(n++)) }, limit: 10 },
        });
        if (reply.op !== OpType.results) throw new Error(`Refused: ${JSON.stringify(reply)}`);
        count++;
      }
    }),
  );
  return count / ((performance.now() - started) / 1000);
}

function measureSql(db: DatabaseSync, { sql, parameters }: Query, seconds: number): number {
  const statement = db.prepare(sql);
  const started = performance.now();
  let count = 0;
  while (performance.now() - started < seconds * 1000) {
    statement.all(...parameters(count));
    count++;
  }
  return count / ((performance.now() - started) / 1000);
}
