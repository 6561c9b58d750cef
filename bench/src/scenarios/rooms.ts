// Chat rooms beside other ways to reach everybody in a room. Every server runs on a core of its own, the load
// generator on another.
import { cpuTime, keepOnCore, openFileLimit, watchOthers } from '../load/cores.ts';
import { Crowd } from '../load/crowd.ts';
import { median, seconds } from '../load/measure.ts';
import {
  type AbsentPeer,
  compileRoomInC,
  parleyRooms,
  type RoomPeer,
  socketIoRooms,
  wsRooms,
} from '../servers/room-servers.ts';

const SIZES = [5_000, 20_000];
const SENDERS = 8;
const IN_FLIGHT = 16;
const MESSAGE_BYTES = 300;
const TIMED_EVERY = 16;
/** The same load for all: half of what a room is to do at least. */
const COMMON_RATE = 80_000;
/** Files a process needs besides the sockets of the room. */
const OTHER_FILES = 1_000;
/** Cores that other programs may use without a run being repeated, how often it is, and how long they are waited for. */
const DISTURBING = 0.05;
const MOST_TRIES = 3;
const PATIENCE_MS = 60_000;
const SERVER_CORE = 0;
const GENERATOR_CORE = 1;

export interface RoomsOptions {
  readonly rounds: number;
  readonly seconds: number;
  /** Instead of the standard sizes. */
  readonly sizes?: readonly number[];
}

interface Run {
  /** Deliveries per second when saturated. */
  readonly rate: number;
  /** Microseconds of the server's processor time for a delivery then. */
  readonly cost: number;
  /** Share of a core the load generator used then. */
  readonly generator: number;
  /** Cores that were busy with neither of the two meanwhile. */
  readonly others: number;
  readonly half: Latency;
  /** Undefined for a server that is not clearly faster than that. */
  readonly common: Latency | undefined;
}

interface Latency {
  readonly p50: number;
  readonly p99: number;
}

export async function compareRooms(options: RoomsOptions): Promise<readonly string[]> {
  const inC = await compileRoomInC();
  const isPinned = keepOnCore(process.pid, GENERATOR_CORE);
  const limit = openFileLimit() - OTHER_FILES;
  try {
    const lines: string[] = [];
    for (const wanted of options.sizes ?? SIZES) {
      const members = Math.min(wanted, limit);
      const peers = [parleyRooms, inC, wsRooms, socketIoRooms];
      const runs = await measureInTurns(peers, members, options);
      lines.push(
        `### chat room of ${members.toLocaleString('en')}`,
        '',
        ...conditions(members, wanted, isPinned),
        othersSentence(runs),
        '',
        ...table(peers, runs),
        '',
      );
    }
    return lines.slice(0, -1);
  } finally {
    await inC.end();
  }
}

async function measureInTurns(
  peers: readonly (RoomPeer | AbsentPeer)[],
  members: number,
  options: RoomsOptions,
): Promise<ReadonlyMap<string, readonly Run[]>> {
  const runs = new Map<string, Run[]>(peers.map(({ name }) => [name, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (const peer of peers) {
      if ('absence' in peer) continue;
      const run = await measureUndisturbed(peer, members, options.seconds);
      runs.get(peer.name)?.push(run);
      process.stderr.write(`room of ${members}, ${peer.name}: ${Math.round(run.rate)} deliveries/s\n`);
    }
  }
  return runs;
}

/** Other programs may be busy on this machine. Of several tries the one they disturbed least counts. */
async function measureUndisturbed(peer: RoomPeer, members: number, duration: number): Promise<Run> {
  let best: Run | undefined;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    await untilQuiet();
    const run = await measure(peer, members, duration);
    if (best === undefined || run.others < best.others) best = run;
    if (!(best.others > DISTURBING)) return best;
    process.stderr.write(`disturbed by ${run.others.toFixed(2)} cores of other work\n`);
  }
  return best as Run;
}

async function untilQuiet(): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  for (let quietSeconds = 0; quietSeconds < 2 && performance.now() < until; ) {
    const others = watchOthers();
    await seconds(1);
    quietSeconds = others() > DISTURBING ? 0 : quietSeconds + 1;
  }
}

async function measure(peer: RoomPeer, members: number, duration: number): Promise<Run> {
  const server = await peer.start();
  try {
    keepOnCore(server.pid, SERVER_CORE);
    const { port, dialect } = server;
    const crowd = await Crowd.gather({
      port,
      dialect,
      members,
      senders: SENDERS,
      messageBytes: MESSAGE_BYTES,
      timedEvery: TIMED_EVERY,
    });
    const others = watchOthers(server.pid);
    const full = await saturate(crowd, server.pid, duration);
    const atRate = (rate: number) => crowd.talkAtRate(rate / (members - 1), duration);
    const half = await atRate(full.rate / 2);
    const common = full.rate < COMMON_RATE * 1.2 ? undefined : await atRate(COMMON_RATE);
    const run = { ...full, half, common, others: others() };
    crowd.leave();
    return run;
  } finally {
    await server.stop();
  }
}

async function saturate(crowd: Crowd, pid: number, duration: number) {
  crowd.startTalking(IN_FLIGHT);
  await seconds(1);
  const before = {
    at: performance.now(),
    deliveries: crowd.deliveries,
    server: cpuTime(pid),
  };
  const generatorBefore = process.cpuUsage();
  await seconds(duration);
  const elapsed = performance.now() - before.at;
  const deliveries = crowd.deliveries - before.deliveries;
  const { user, system } = process.cpuUsage(generatorBefore);
  const server = cpuTime(pid) - before.server;
  crowd.stopTalking();
  await crowd.settled();
  return {
    rate: deliveries / (elapsed / 1000),
    cost: server / deliveries,
    generator: (user + system) / 1000 / elapsed,
  };
}

function conditions(members: number, wanted: number, isPinned: boolean): readonly string[] {
  const limited = `${wanted.toLocaleString('en')} were wanted; a process may have ${openFileLimit().toLocaleString('en')} files open here. `;
  return [
    `One room, everybody in it connected, ${SENDERS} of them sending; text of ${MESSAGE_BYTES} characters in whatever frame the server puts it; ${IN_FLIGHT} messages in flight when saturated.`,
    `${members < wanted ? limited : ''}A message that did not reach every other member exactly once would have ended the run.`,
    isPinned
      ? 'Server (all its threads) on one core, load generator on another.'
      : 'Server and load generator on whatever cores the system gave them.',
    `One member in ${TIMED_EVERY} is timed, from when a message was due. Half load is half of the server’s own rate; ${COMMON_RATE.toLocaleString('en')}/s is the same load for all ("–": the server’s rate is too close to it or below).`,
    'Parley’s ceiling of deliveries per second is off (`deliveriesPerSecond=0`). Ratio: Parley’s rate over that of the row, median of the rounds.',
  ];
}

/** A machine that is busy with something else measures that. */
function othersSentence(runs: ReadonlyMap<string, readonly Run[]>): string {
  const others = [...runs.values()].flat().map((run) => run.others);
  const percent = (cores: number) => `${(cores * 100).toFixed(0)} %`;
  return `Meanwhile other programs of the machine took ${percent(median(others))} of a core in the median run, ${percent(Math.max(...others))} in the worst; a run with more than ${percent(DISTURBING)} is repeated up to ${MOST_TRIES - 1} times.`;
}

function table(
  peers: readonly (RoomPeer | AbsentPeer)[],
  runs: ReadonlyMap<string, readonly Run[]>,
): readonly string[] {
  const own = runs.get(parleyRooms.name) ?? [];
  return [
    `| server | deliveries/s | Parley is × | server CPU per delivery | load generator’s core | p50 / p99 at half load | p50 / p99 at ${COMMON_RATE.toLocaleString('en')}/s |`,
    '|---|---|---|---|---|---|---|',
    ...peers.map((peer) =>
      'absence' in peer
        ? `| ${peer.name} | not measured: ${peer.absence} | | | | | |`
        : tableRow(peer.name, runs.get(peer.name) ?? [], own),
    ),
  ];
}

function tableRow(name: string, rows: readonly Run[], own: readonly Run[]): string {
  const middle = (pick: (row: Run) => number) => median(rows.map(pick));
  const ratio = median(own.map(({ rate }, round) => rate / (rows[round]?.rate ?? Number.NaN)));
  const commons = rows.flatMap(({ common }) => common ?? []);
  const cells = [
    name,
    Math.round(middle(({ rate }) => rate)).toLocaleString('en'),
    ratio.toFixed(2),
    `${middle(({ cost }) => cost).toFixed(2)} µs`,
    `${(middle(({ generator }) => generator) * 100).toFixed(0)} %`,
    latency(rows.map(({ half }) => half)),
    commons.length < rows.length ? '–' : latency(commons),
  ];
  return `| ${cells.join(' | ')} |`;
}

function latency(rows: readonly Latency[]): string {
  return `${median(rows.map(({ p50 }) => p50)).toFixed(1)} / ${median(rows.map(({ p99 }) => p99)).toFixed(1)} ms`;
}
