// What a plug-in costs those who send: the same messages to a server without one, and to one that asks a plug-in about
// each and waits for its answer.
import { fileURLToPath } from 'node:url';
import { cpuTime, cpuTimeOfChildren } from '../load/cores.ts';
import { type Measurement, median } from '../load/measure.ts';
import { startParley } from '../servers/start-server.ts';
import { oneToOne } from './one-to-one.ts';

const PLUGIN = fileURLToPath(new URL('../servers/passing-plugin.ts', import.meta.url));
/** Far from what either can do, so that the latencies are those of the way and not of waiting. */
const RATE = 2_000;

interface Run {
  readonly full: Measurement;
  readonly fixed: Measurement;
  /** Microseconds of processor time for a message, at the fixed rate: of the server, and of its plug-in. */
  readonly server: number;
  readonly plugin: number;
}

export async function comparePlugins(rounds: number, duration: number): Promise<readonly string[]> {
  const without: Run[] = [];
  const asked: Run[] = [];
  for (let round = 0; round < rounds; round++) {
    without.push(await run([], duration));
    asked.push(await run([PLUGIN], duration));
  }
  const ratio = median(asked.map(({ full }, round) => full.rate / (without[round]?.full.rate ?? Number.NaN)));
  return [
    '### plug-ins',
    '',
    `${oneToOne.conditions}; latencies at ${RATE.toLocaleString('en')} messages/s.`,
    '',
    '| server | messages/s | ratio | p50 | p99 | server time for a message | plug-in time |',
    '|---|---|---|---|---|---|---|',
    tableRow('Parley without plug-ins', without, 1),
    tableRow('Parley with a plug-in that lets every message pass', asked, ratio),
  ];
}

async function run(plugins: readonly string[], duration: number): Promise<Run> {
  const server = await startParley({ plugins });
  try {
    const prepared = await oneToOne.prepare(server);
    const full = await prepared.saturate(duration);
    const since = { at: performance.now(), ...timesOf(server.pid) };
    const fixed = await prepared.atRate(RATE, duration);
    const messages = (RATE * (performance.now() - since.at)) / 1000;
    const now = timesOf(server.pid);
    prepared.end();
    process.stderr.write(`plug-ins, ${plugins.length}: ${Math.round(full.rate)} messages/s\n`);
    return {
      full,
      fixed,
      server: (now.server - since.server) / messages,
      plugin: (now.plugin - since.plugin) / messages,
    };
  } finally {
    await server.stop();
  }
}

function timesOf(pid = Number.NaN) {
  return { server: cpuTime(pid), plugin: cpuTimeOfChildren(pid) };
}

function tableRow(name: string, runs: readonly Run[], ratio: number): string {
  const rate = Math.round(median(runs.map(({ full }) => full.rate))).toLocaleString('en');
  const latency = (pick: (run: Run) => number) => `${median(runs.map(pick)).toFixed(1)} ms`;
  const time = (pick: (run: Run) => number) => `${Math.round(median(runs.map(pick)))} µs`;
  const columns = [
    name,
    rate,
    ratio.toFixed(2),
    latency(({ fixed }) => fixed.p50),
    latency(({ fixed }) => fixed.p99),
    time(({ server }) => server),
    time(({ plugin }) => plugin),
  ];
  return `| ${columns.join(' | ')} |`;
}
