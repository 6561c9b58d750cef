import { CommandType, operationName } from '@parley/protocol';
import type { CommandRow } from './command.ts';

const NAMES = new Map<number, string>(Object.entries(CommandType).map(([name, value]) => [value, name]));

/** How often each command was served, and what came of it. */
export class CommandCounters {
  /** By command and operation; commands nobody knows share one entry, so that nobody can make more. */
  readonly #commands = new Map<number, Map<number, number>>();

  /**
   * @param served as the server knows it, never as somebody wrote it; `undefined` where it knows none such
   * @param code of the refusal; 0 where there was none
   */
  count(served: ServedCommand | undefined, code: number): void {
    const key = served === undefined ? UNKNOWN : keyOf(served.cmd, served.op);
    let outcomes = this.#commands.get(key);
    if (outcomes === undefined) {
      outcomes = new Map();
      this.#commands.set(key, outcomes);
    }
    outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
  }

  *read(): Iterable<{ readonly command: string; readonly outcome: string; readonly count: number }> {
    for (const [key, outcomes] of this.#commands) {
      for (const [code, count] of outcomes) {
        yield { command: nameOf(key), outcome: code === 0 ? 'ok' : String(code), count };
      }
    }
  }
}

export type ServedCommand = Pick<CommandRow, 'cmd' | 'op'>;

const UNKNOWN = -1;
const OPERATIONS = 4096;

function keyOf(cmd: number, op: number | undefined): number {
  return cmd * OPERATIONS + (op ?? OPERATIONS - 1);
}

function nameOf(key: number): string {
  if (key === UNKNOWN) return 'unknown';
  const command = NAMES.get(Math.floor(key / OPERATIONS)) ?? 'unknown';
  const op = key % OPERATIONS;
  return op === OPERATIONS - 1 ? command : `${command}/${operationName(op)}`;
}
