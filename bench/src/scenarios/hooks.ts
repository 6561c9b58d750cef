// What an app pays for a hook that is asked about every message, and what everybody pays for being measured: the same
// messages to the same server, without a hook, with metrics on, and with a hook that takes its time.
import { type Measurement, median } from '../load/measure.ts';
import { type RunningServer, startParley, startSlowEngine } from '../servers/start-server.ts';
import { oneToOne } from './one-to-one.ts';

const HOOK_TAKES_MS = 5;

interface Variant {
  readonly name: string;
  start(): Promise<RunningServer>;
}

interface Row {
  readonly full: Measurement;
  readonly half: Measurement;
}

export async function compareHooks(rounds: number, duration: number): Promise<readonly string[]> {
  const variants: readonly Variant[] = [
    { name: 'no hook', start: () => startParley() },
    {
      name: 'no hook, metrics on',
      start: () => startParley({ environment: { PARLEY_METRICS_TOKEN: 'benchmark-metrics-token' } }),
    },
    { name: `\`_messageReceived\` answers after ${HOOK_TAKES_MS} ms`, start: startWithHook },
  ];
  const rows = variants.map((): Row[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, variant] of variants.entries()) rows[index]?.push(await run(variant, duration));
  }
  const [plain = []] = rows;
  return [
    '### hooks and metrics',
    '',
    `${oneToOne.conditions}; the engine is a process of its own on this machine.`,
    '',
    '| | messages/s | ratio | p50 at half load | p99 at half load |',
    '|---|---|---|---|---|',
    ...variants.map(({ name }, index) => tableRow(name, rows[index] ?? [], plain)),
  ];
}

async function startWithHook(): Promise<RunningServer> {
  const engine = await startSlowEngine(HOOK_TAKES_MS);
  const settings = {
    url: engine.url,
    hookKey: '',
    hooks: ['_messageReceived'],
    legacySign: true,
    timeoutMs: 5000,
    notifyTimeoutMs: 5000,
    maxInFlight: 256,
  };
  const server = await startParley({ settings: [`engine=${JSON.stringify(settings)}`] });
  return {
    ...server,
    async stop() {
      await server.stop();
      await engine.stop();
    },
  };
}

async function run(variant: Variant, duration: number): Promise<Row> {
  const server = await variant.start();
  try {
    const prepared = await oneToOne.prepare(server);
    const full = await prepared.saturate(duration);
    const half = await prepared.atRate(full.rate / 2, duration);
    prepared.end();
    process.stderr.write(`hooks, ${variant.name}: ${Math.round(full.rate)} messages/s\n`);
    return { full, half };
  } finally {
    await server.stop();
  }
}

function tableRow(name: string, rows: readonly Row[], plain: readonly Row[]): string {
  const middle = (pick: (row: Row) => number) => median(rows.map(pick));
  const ratio = median(rows.map(({ full }, round) => full.rate / (plain[round]?.full.rate ?? Number.NaN)));
  const rate = Math.round(middle(({ full }) => full.rate)).toLocaleString('en');
  const latency = (pick: (row: Row) => number) => `${middle(pick).toFixed(1)} ms`;
  return `| ${name} | ${rate} | ${ratio.toFixed(2)} | ${latency(({ half }) => half.p50)} | ${latency(({ half }) => half.p99)} |`;
}
