// Measures Parley beside other servers, in turns on the same machine in the same run. bench/README.md describes it.
//   npm run bench -- [scenario …] [--rounds 3] [--seconds 4] [--members N,N] [--out FILE]
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Measurement, median } from './load/measure.ts';
import { group } from './scenarios/group.ts';
import { compareGrowth } from './scenarios/growth.ts';
import { compareHistory } from './scenarios/history.ts';
import { compareHooks } from './scenarios/hooks.ts';
import { compareKeywords } from './scenarios/keywords.ts';
import { oneToOne } from './scenarios/one-to-one.ts';
import { comparePlugins } from './scenarios/plugins.ts';
import { compareQueries } from './scenarios/queries.ts';
import { compareRestSend } from './scenarios/rest-send.ts';
import { compareRooms } from './scenarios/rooms.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { compareUpkeep } from './scenarios/upkeep.ts';
import { type RunningServer, startBareForwarder, startParley } from './servers/start-server.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    members: { type: 'string' },
    out: { type: 'string' },
  },
});

interface Row {
  readonly full: Measurement;
  readonly half: Measurement;
}

const lines: string[] = [
  `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, loopback; load generator and server share the machine.`,
  `${values.rounds} rounds of ${values.seconds} s each, servers in turn; medians.`,
  '',
];

const duration = Number(values.seconds);
const rounds = Number(values.rounds);
const sizes = values.members === undefined ? {} : { sizes: values.members.split(',').map(Number) };
const comparisons: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  'one-to-one': () => compare(oneToOne),
  group: () => compare(group),
  queries: () => compareQueries(duration),
  rooms: () => compareRooms({ rounds, seconds: duration, ...sizes }),
  plugins: () => comparePlugins(rounds, duration),
  upkeep: () => compareUpkeep(duration),
  'rest-send': () => compareRestSend(rounds, duration),
  history: () => compareHistory(duration),
  hooks: () => compareHooks(rounds, duration),
  growth: compareGrowth,
  keywords: () => compareKeywords(rounds, duration),
};

for (const name of positionals.length > 0 ? positionals : Object.keys(comparisons)) {
  const run = comparisons[name];
  if (run === undefined) {
    throw new Error(`Unknown scenario ${name}. Known: ${Object.keys(comparisons).join(', ')}.`);
  }
  lines.push(...(await run()), '');
}
process.stdout.write(lines.join('\n'));
if (values.out !== undefined) await writeFile(values.out, `${lines.join('\n')}\n`);

async function compare(scenario: Scenario): Promise<readonly string[]> {
  const bare: Row[] = [];
  const parley: Row[] = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(await runOnce(scenario, startBareForwarder));
    parley.push(await runOnce(scenario, () => startParley()));
  }
  const ratio = median(parley.map((row, round) => row.full.rate / (bare[round]?.full.rate ?? Number.NaN)));
  return [
    `### ${scenario.name}`,
    '',
    `${scenario.conditions}.`,
    '',
    `| server | ${scenario.unit} | ratio | p50 at half load | p99 at half load |`,
    '|---|---|---|---|---|',
    tableRow('bare ws forwarder (stores nothing)', bare, 1),
    tableRow('Parley (every message on disk before its ack)', parley, ratio),
  ];
}

async function runOnce(scenario: Scenario, start: () => Promise<RunningServer>): Promise<Row> {
  const server = await start();
  try {
    const prepared = await scenario.prepare(server);
    const full = await prepared.saturate(duration);
    const half = await prepared.atRate(full.rate / 2, duration);
    prepared.end();
    process.stderr.write(`${scenario.name}, ${server.name}: ${Math.round(full.rate)} ${scenario.unit}\n`);
    return { full, half };
  } finally {
    await server.stop();
  }
}

function tableRow(name: string, rows: readonly Row[], ratio: number): string {
  const middle = (pick: (row: Row) => number) => median(rows.map(pick));
  const rate = Math.round(middle((row) => row.full.rate)).toLocaleString('en');
  const latency = (pick: (row: Row) => number) => `${middle(pick).toFixed(1)} ms`;
  return `| ${name} | ${rate} | ${ratio.toFixed(2)} | ${latency((row) => row.half.p50)} | ${latency((row) => row.half.p99)} |`;
}
