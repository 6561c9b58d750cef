import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Linux counts the time of processes in hundredths of a second for everybody, whatever the kernel does inside. */
const TICK_MICROSECONDS = 10_000;

/** Gives a process and all its threads one core of their own, where the machine can; answers whether it could. */
export function keepOnCore(pid: number, core: number): boolean {
  if (availableParallelism() < 2 && core > 0) return false;
  try {
    execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Microseconds of processor time a process has taken so far, its system calls included. NaN where unknown. */
export function cpuTime(pid: number): number {
  try {
    // The name may contain spaces and brackets; what follows its last bracket does not.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
  } catch {
    return Number.NaN;
  }
}

/** The same of the processes it has started. */
export function cpuTimeOfChildren(pid: number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ');
    return children.reduce((sum, child) => sum + (child === '' ? 0 : cpuTime(Number(child))), 0);
  } catch {
    return Number.NaN;
  }
}

/** Microseconds of processor time everything on this machine has taken so far. NaN where unknown. */
function machineTime(): number {
  try {
    const [, user, nice, system, , , interrupts, softInterrupts] = readFileSync('/proc/stat', 'latin1')
      .split(/\s+/, 8)
      .map(Number);
    const parts = [user, nice, system, interrupts, softInterrupts];
    return parts.reduce((sum: number, part = Number.NaN) => sum + part, 0) * TICK_MICROSECONDS;
  } catch {
    return Number.NaN;
  }
}

/** Answers, when called, how many cores were busy since with programs that are neither this one nor the given one. */
export function watchOthers(pid?: number): () => number {
  const own = () => {
    const { user, system } = process.cpuUsage();
    return user + system + (pid === undefined ? 0 : cpuTime(pid));
  };
  const since = { at: performance.now(), machine: machineTime(), own: own() };
  return () => {
    const elapsed = (performance.now() - since.at) * 1000;
    return Math.max(0, (machineTime() - since.machine - (own() - since.own)) / elapsed);
  };
}

/** Files, and so sockets, a process may have open. */
export function openFileLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1');
    return Number(/^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
