import type { PluginProcess } from './plugin-process.ts';
import type { AfterName } from './protocol.ts';

/** Events that are with the plug-in at a time, and those that wait; what is beyond is lost, and counted. */
const MAX_TOLD = 256;
const MAX_WAITING = 10_000;

interface Waiting {
  readonly event: AfterName;
  readonly app: string;
  readonly input: unknown;
}

export interface EventQueueParts {
  /** How long a plug-in may take over one event. */
  readonly tellMs: number;
  /** Who is to be told now; `undefined` while nobody is. */
  readonly listener: () => PluginProcess | undefined;
  /** Is told of an event that a process has not finished in time. */
  readonly isLate: (process: PluginProcess, event: AfterName) => void;
}

/** What has happened and a plug-in is to be told, in order, as fast as it takes it. */
export class EventQueue {
  readonly #parts: EventQueueParts;
  /** With the plug-in, by number: until when it has to be done. */
  readonly #told = new Map<number, NodeJS.Timeout>();
  #waiting: Waiting[] = [];
  #idle: (() => void) | undefined;
  #lastId = 0;

  constructor(parts: EventQueueParts) {
    this.#parts = parts;
  }

  /** Events that wait to be told. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** False where too many wait. */
  add(app: string, event: AfterName, input: unknown): boolean {
    if (this.#waiting.length >= MAX_WAITING) return false;
    this.#waiting.push({ event, app, input });
    this.tellNext();
    return true;
  }

  /** Hands over what waits, half of what it can hold at a time: the list is cut once for many. */
  tellNext(): void {
    const process = this.#parts.listener();
    if (process === undefined || this.#told.size > MAX_TOLD / 2) return;
    const next = this.#waiting.splice(0, MAX_TOLD - this.#told.size);
    for (const { event, app, input } of next) {
      const tell = ++this.#lastId;
      const deadline = setTimeout(() => {
        this.wasTold(tell);
        this.#parts.isLate(process, event);
      }, this.#parts.tellMs);
      this.#told.set(tell, deadline);
      process.post({ tell, event, app, input });
    }
  }

  /** The plug-in is done with an event. False where it was given up before. */
  wasTold(tell: number): boolean {
    const deadline = this.#told.get(tell);
    if (deadline === undefined) return false;
    clearTimeout(deadline);
    this.#told.delete(tell);
    this.tellNext();
    if (this.#isIdle) this.#idle?.();
    return true;
  }

  async untilIdle(patienceMs: number): Promise<void> {
    if (this.#isIdle) return;
    const idle = Promise.withResolvers<void>();
    this.#idle = idle.resolve;
    const deadline = setTimeout(idle.resolve, patienceMs);
    await idle.promise;
    clearTimeout(deadline);
  }

  /** The process is gone, and what it had been told with it. What waits is for the next one. */
  forgetTold(): void {
    for (const deadline of this.#told.values()) clearTimeout(deadline);
    this.#told.clear();
    this.#idle?.();
  }

  get #isIdle(): boolean {
    return this.#told.size === 0 && this.#waiting.length === 0;
  }
}
