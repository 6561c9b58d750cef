import { HookFailed } from '../domain/ports/hooks.ts';
import type { PluginProcess } from './plugin-process.ts';
import type { BeforeName } from './protocol.ts';

/** Questions one plug-in may have at a time; what is beyond counts as failed. */
const MAX_QUESTIONS = 10_000;

interface Asked {
  readonly resolve: (verdict: unknown) => void;
  readonly reject: (error: HookFailed) => void;
  readonly deadline: NodeJS.Timeout;
}

/** What a plug-in was asked and has not answered. Every question is answered in time or fails. */
export class OpenQuestions {
  readonly #timeoutMs: number;
  readonly #isLate: (process: PluginProcess) => void;
  readonly #asked = new Map<number, Asked>();
  #lastId = 0;

  /** @param isLate is told of a process that did not answer within `timeoutMs` */
  constructor(timeoutMs: number, isLate: (process: PluginProcess) => void) {
    this.#timeoutMs = timeoutMs;
    this.#isLate = isLate;
  }

  /** @throws HookFailed */
  ask(process: PluginProcess, app: string, hook: BeforeName, input: unknown): Promise<unknown> {
    if (this.#asked.size >= MAX_QUESTIONS)
      throw new HookFailed(`${MAX_QUESTIONS} questions wait for it already.`);
    const ask = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        this.failed(ask, new HookFailed(`It did not answer within ${this.#timeoutMs} ms.`));
        this.#isLate(process);
      }, this.#timeoutMs);
      this.#asked.set(ask, { resolve, reject, deadline });
      process.post({ ask, hook, app, input });
    });
  }

  answered(ask: number, verdict: unknown): void {
    this.#take(ask)?.resolve(verdict);
  }

  failed(ask: number, error: HookFailed): void {
    this.#take(ask)?.reject(error);
  }

  /** The process is gone, and what it was asked with it. */
  failAll(why: string): void {
    for (const ask of [...this.#asked.keys()]) this.failed(ask, new HookFailed(`It has ended: ${why}`));
  }

  /** The question, unless it has been answered or given up. */
  #take(ask: number): Asked | undefined {
    const asked = this.#asked.get(ask);
    if (asked === undefined) return undefined;
    this.#asked.delete(ask);
    clearTimeout(asked.deadline);
    return asked;
  }
}
