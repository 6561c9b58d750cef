import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type {
  Action,
  AfterName,
  BeforeName,
  Begin,
  Failure,
  FromPlugin,
  LogLevel,
  ToPlugin,
} from './protocol.ts';
import { readLines } from './read-lines.ts';

const HOST = fileURLToPath(new URL('./host/main.ts', import.meta.url));

const LAST_WORDS_MS = 1_000;

/** What a new process is given. */
export interface ProcessParts {
  readonly begin: Begin['begin'];
  /** Megabytes of JavaScript; beyond that the process ends, and only it. */
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What a process says without having been asked. */
export interface ProcessEvents {
  readonly act: (app: string, action: Action) => Promise<unknown>;
  readonly log: (level: LogLevel, text: string, fields?: object) => void;
  readonly answered: (ask: number, verdict: unknown) => void;
  readonly failed: (ask: number, failure: Failure) => void;
  readonly told: (tell: number, failure: Failure | undefined) => void;
  readonly stray: (failure: Failure) => void;
  /** The process is gone, for whatever reason; nothing comes from it any more. */
  readonly ended: (why: string) => void;
}

export interface Ready {
  readonly name: string;
  readonly before: readonly BeforeName[];
  readonly after: readonly AfterName[];
}

/** Completes "The plug-in ./x.ts cannot be used: …". */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}

/** One life of a plug-in: a process that runs it, from its start until it ends one way or another. */
export class PluginProcess {
  readonly #child: ChildProcess;
  readonly #events: ProcessEvents;
  readonly #exited: Promise<void>;
  #waiting: ToPlugin[] = [];
  #started: PromiseWithResolvers<Ready> | undefined;
  #lastWords: Failure | undefined;
  #stopped: (() => void) | undefined;
  #alive: (() => void) | undefined;
  #isSilent = false;

  private constructor({ begin, memoryMb, environment }: ProcessParts, events: ProcessEvents) {
    this.#events = events;
    this.#child = fork(HOST, [], {
      // Bytes of messages cross as bytes.
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${memoryMb}`, '--disable-warning=ExperimentalWarning'],
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const exited = Promise.withResolvers<void>();
    this.#exited = exited.promise;
    const ended = (why: string) => {
      exited.resolve();
      this.#ended(why);
    };
    this.#child.once('error', (error) => ended(error.message));
    this.#child.once('exit', (code, signal) => {
      // Its last words may still be on their way.
      const deadline = setTimeout(() => ended(this.#whyItEnded(code, signal)), LAST_WORDS_MS);
      const said = () => {
        clearTimeout(deadline);
        ended(this.#whyItEnded(code, signal));
      };
      if (this.#child.connected) this.#child.once('disconnect', said);
      else said();
    });
    this.#child.on('message', (messages: readonly FromPlugin[]) => {
      for (const message of messages) this.#received(message);
    });
    if (this.#child.stdout !== null) readLines(this.#child.stdout, (line) => events.log('info', line));
    if (this.#child.stderr !== null) readLines(this.#child.stderr, (line) => events.log('error', line));
    this.#send({ begin });
  }

  /** @throws StartRefused */
  static async start(
    parts: ProcessParts,
    events: ProcessEvents,
    patienceMs: number,
  ): Promise<{ readonly process: PluginProcess; readonly ready: Ready }> {
    const process = new PluginProcess(parts, events);
    const started = Promise.withResolvers<Ready>();
    process.#started = started;
    const deadline = setTimeout(() => {
      started.reject(new StartRefused(`it has not started within ${patienceMs / 1000} seconds.`));
    }, patienceMs);
    try {
      return { process, ready: await started.promise };
    } catch (error) {
      await process.kill();
      throw error;
    } finally {
      process.#started = undefined;
      clearTimeout(deadline);
    }
  }

  /** Leaves with everything else of this turn of the loop: a message between processes costs more than its content. */
  post(message: ToPlugin): void {
    this.#waiting.push(message);
    if (this.#waiting.length > 1) return;
    setImmediate(() => {
      const messages = this.#waiting;
      this.#waiting = [];
      this.#send(messages);
    });
  }

  /** Whether it still reads what it is told, which a loop without end does not. */
  async isAlive(patienceMs: number): Promise<boolean> {
    const answer = Promise.withResolvers<boolean>();
    this.#alive = () => answer.resolve(true);
    // Where it was the server that had no time, the answer has come by the end of this turn.
    const deadline = setTimeout(() => setImmediate(() => answer.resolve(false)), patienceMs);
    this.post({ ping: true });
    const isAlive = await answer.promise;
    clearTimeout(deadline);
    return isAlive;
  }

  /** Ends the process at once. Nothing is heard of it any more. */
  async kill(): Promise<void> {
    this.#isSilent = true;
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** Lets the plug-in finish, for as long as there is patience. */
  async stop(patienceMs: number): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      this.#stopped = resolve;
    });
    this.post({ stop: true });
    const impatience = Promise.withResolvers<void>();
    const deadline = setTimeout(impatience.resolve, patienceMs);
    await Promise.race([stopped, this.#exited, impatience.promise]);
    clearTimeout(deadline);
    await this.kill();
  }

  #send(message: object): void {
    // A process that is just ending takes no messages; its end is heard of by itself.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #received(message: FromPlugin): void {
    if (this.#isSilent) return;
    if ('answered' in message) this.#events.answered(message.answered, message.verdict);
    else if ('failed' in message) this.#events.failed(message.failed, message.failure);
    else if ('told' in message) this.#events.told(message.told, message.failure);
    else if ('act' in message) void this.#act(message);
    else if ('log' in message) this.#events.log(message.log, message.text, message.fields);
    else if ('stray' in message) this.#events.stray(message.stray);
    else if ('dying' in message) this.#lastWords = message.dying;
    else if ('ready' in message) this.#started?.resolve(message.ready);
    else if ('unusable' in message) this.#started?.reject(new StartRefused(message.unusable));
    else if ('pong' in message) this.#alive?.();
    else this.#stopped?.();
  }

  async #act({ act, app, action }: Extract<FromPlugin, { act: number }>): Promise<void> {
    try {
      this.post({ done: act, value: await this.#events.act(app, action) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const code =
        error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
      this.post({ refused: act, failure: { message, ...(code !== undefined && { code }) } });
    }
  }

  #ended(why: string): void {
    this.#started?.reject(new StartRefused(why));
    if (this.#isSilent) return;
    this.#isSilent = true;
    this.#events.ended(why);
  }

  #whyItEnded(code: number | null, signal: NodeJS.Signals | null): string {
    if (this.#lastWords !== undefined) {
      return `nobody caught "${this.#lastWords.message}" (${this.#lastWords.stack ?? 'without a stack'}).`;
    }
    return signal === null ? `its process ended with code ${code}.` : `its process was ended by ${signal}.`;
  }
}
