import { pathToFileURL } from 'node:url';
import type { App } from '../domain/app/app.ts';
import { type BeforeHooks, HookFailed, type Hooks } from '../domain/ports/hooks.ts';
import { Breaker, type BreakerState, FAILURES_TO_OPEN, isLeftAlone } from '../engines/outgoing/breaker.ts';
import { Burst } from '../engines/outgoing/burst.ts';
import { EventQueue } from './event-queue.ts';
import { OpenQuestions } from './open-questions.ts';
import { type PluginEntry, PluginUnusable } from './plugin-entry.ts';
import { PluginProcess, type Ready, StartRefused } from './plugin-process.ts';
import type { Action, AfterName, BeforeName, Failure, LogLevel, Notification, Question } from './protocol.ts';
import {
  conversationStart,
  conversationUpdate,
  incomingMessage,
  membershipRequest,
  messageUpdate,
  missedMessage,
  signRequest,
} from './questions.ts';

type VerdictOf<Name extends BeforeName> = Awaited<ReturnType<NonNullable<BeforeHooks[Name]>>>;

const LEFT_ALONE = `It failed ${FAILURES_TO_OPEN} times in a row and is left alone for a while.`;
const TIMEOUT_MS = 5_000;
/** However little time hooks have, a process is not ended for a moment of the machine's. */
const LEAST_SUSPICION_MS = 1_000;
const MEMORY_MB = 256;
/** A plug-in that ends again and again is started ever more rarely; one that lasted this long begins anew. */
const RESTART_MS = 1_000;
const LONGEST_RESTART_MS = 60_000;
const LASTED_MS = 60_000;

/** How long a plug-in has for what it does beside hooks. */
export interface Patience {
  readonly startMs: number;
  readonly tellMs: number;
  readonly stopMs: number;
}

export const PATIENCE: Patience = { startMs: 30_000, tellMs: 15_000, stopMs: 5_000 };

export interface SupervisedParts {
  readonly entry: PluginEntry;
  readonly patience: Patience;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly appIds: () => readonly string[];
  readonly act: (app: string, action: Action) => Promise<unknown>;
  /** Writes to the server's log, in the name of the plug-in. */
  readonly log: (level: LogLevel, plugin: string, text: string, fields?: object) => void;
}

/** How it stands with a plug-in. */
export interface PluginStatus {
  readonly name: string;
  readonly isRunning: boolean;
  readonly called: number;
  readonly failed: number;
  readonly dropped: number;
  readonly restarts: number;
  /** Events that wait to be told. */
  readonly waiting: number;
  readonly breakers: Iterable<readonly [hook: BeforeName, state: BreakerState]>;
}

type State =
  | { readonly is: 'new' }
  | { readonly is: 'running'; readonly process: PluginProcess; readonly since: number }
  | { readonly is: 'down'; readonly why: string; readonly timer: NodeJS.Timeout }
  | { readonly is: 'stopped' };

/**
 * One plug-in as the server sees it: it is asked and told things, and whatever happens to its process, questions are
 * answered in time or fail.
 */
export class SupervisedPlugin implements Hooks {
  readonly counters = { called: 0, failed: 0, dropped: 0, restarts: 0 };
  readonly #parts: SupervisedParts;
  readonly #questions: OpenQuestions;
  readonly #events: EventQueue;
  readonly #breakers = new Map<BeforeName, Breaker>();
  /** Ends with the snapshot of the app it was made for. */
  #hooks = new WeakMap<App, BeforeHooks>();
  #state: State = { is: 'new' };
  #ready: Ready = { name: '', before: [], after: [] };
  #failuresInARow = 0;
  readonly #failures = new Burst();
  #suspected: PluginProcess | undefined;

  constructor(parts: SupervisedParts) {
    this.#parts = parts;
    this.#questions = new OpenQuestions(this.#timeoutMs, (process) => void this.#suspect(process));
    const { tellMs } = parts.patience;
    this.#events = new EventQueue({
      tellMs,
      listener: () => this.#listener(),
      isLate: (process, event) => {
        this.#failed(new Error(`${event} did not end within ${tellMs} ms.`));
        void this.#suspect(process);
      },
    });
  }

  get name(): string {
    return this.#ready.name;
  }

  /** @throws PluginUnusable */
  async start(): Promise<void> {
    try {
      await this.#run();
    } catch (error) {
      if (error instanceof StartRefused) throw new PluginUnusable(this.#parts.entry.path, error.message);
      throw error;
    }
  }

  before(app: App): BeforeHooks | undefined {
    if (!this.#isFor(app) || this.#ready.before.length === 0) return undefined;
    let hooks = this.#hooks.get(app);
    if (hooks === undefined) {
      hooks = this.#hooksOf(app);
      this.#hooks.set(app, hooks);
    }
    return hooks;
  }

  /** Whether it wants to know of such an event. */
  listensTo(app: App, event: AfterName): boolean {
    return this.#ready.after.includes(event) && this.#isFor(app);
  }

  tell(app: App, event: AfterName, input: Notification<AfterName>): void {
    if (this.#state.is === 'stopped') return;
    if (this.#events.add(app.id, event, input)) return;
    this.counters.dropped++;
    this.#failed(new Error('Too many events wait for the plug-in.'));
  }

  status(): PluginStatus {
    return {
      name: this.name,
      isRunning: this.#state.is === 'running',
      ...this.counters,
      waiting: this.#events.waiting,
      breakers: [...this.#breakers].map(([hook, { state }]) => [hook, state] as const),
    };
  }

  /** Hands over what has happened so far, lets the plug-in finish, and ends its process. */
  async stop(): Promise<void> {
    const began = performance.now();
    const left = () => Math.max(0, this.#parts.patience.stopMs - (performance.now() - began));
    if (this.#state.is === 'running') await this.#events.untilIdle(left());
    const state = this.#state;
    this.#state = { is: 'stopped' };
    if (state.is === 'down') clearTimeout(state.timer);
    if (state.is === 'running') await state.process.stop(left());
    this.#fail('The server stops.');
  }

  #isFor(app: App): boolean {
    return this.#parts.entry.apps?.includes(app.id) ?? true;
  }

  async #run(): Promise<void> {
    const { entry, patience, environment, appIds, act, log } = this.#parts;
    const { process, ready } = await PluginProcess.start(
      {
        begin: {
          url: pathToFileURL(entry.path).href,
          options: entry.options,
          appIds: appIds().filter((id) => entry.apps?.includes(id) ?? true),
        },
        memoryMb: entry.memoryMb ?? MEMORY_MB,
        environment,
      },
      {
        act,
        log: (level, text, fields) => log(level, this.name || entry.path, text, fields),
        answered: (ask, verdict) => this.#questions.answered(ask, verdict),
        failed: (ask, failure) =>
          this.#questions.failed(ask, new HookFailed(failure.message, { cause: errorOf(failure) })),
        told: (tell, failure) => {
          if (this.#events.wasTold(tell) && failure !== undefined) this.#failed(errorOf(failure));
        },
        stray: (failure) => this.#failed(errorOf(failure)),
        ended: (why) => this.#ended(why),
      },
      patience.startMs,
    );
    if (this.#state.is === 'stopped') {
      await process.kill();
      return;
    }
    // Started anew, the file may have other handlers.
    this.#ready = ready;
    this.#hooks = new WeakMap();
    this.#state = { is: 'running', process, since: performance.now() };
    // What the one before did wrong says nothing about this one.
    this.#breakers.clear();
    this.#events.tellNext();
  }

  #hooksOf(app: App): BeforeHooks {
    const has = (name: BeforeName) => this.#ready.before.includes(name);
    return {
      ...(has('messageReceived') && {
        messageReceived: (message) => this.#ask(app, 'messageReceived', incomingMessage(message)),
      }),
      ...(has('messageUpdate') && {
        messageUpdate: (update) => this.#ask(app, 'messageUpdate', messageUpdate(update)),
      }),
      ...(has('receiversOffline') && {
        receiversOffline: (message) => this.#ask(app, 'receiversOffline', missedMessage(message)),
      }),
      ...(has('conversationStart') && {
        conversationStart: (start) => this.#ask(app, 'conversationStart', conversationStart(start)),
      }),
      ...(has('conversationAdd') && {
        conversationAdd: (change) => this.#ask(app, 'conversationAdd', membershipRequest(change)),
      }),
      ...(has('conversationRemove') && {
        conversationRemove: (change) => this.#ask(app, 'conversationRemove', membershipRequest(change)),
      }),
      ...(has('conversationUpdate') && {
        conversationUpdate: (update) => this.#ask(app, 'conversationUpdate', conversationUpdate(update)),
      }),
      ...(has('clientSign') && {
        clientSign: (user, token) => this.#ask(app, 'clientSign', signRequest(user, token)),
      }),
    };
  }

  /** @throws HookFailed */
  async #ask<Name extends BeforeName>(app: App, hook: Name, input: Question<Name>): Promise<VerdictOf<Name>> {
    this.counters.called++;
    try {
      const state = this.#state;
      if (state.is !== 'running') throw new HookFailed(`It is not running: ${whyNot(state)}`);
      const verdict = await this.#breaker(hook).execute(() =>
        this.#questions.ask(state.process, app.id, hook, input),
      );
      // The process has checked its answers (`host/answers.ts`).
      return verdict as VerdictOf<Name>;
    } catch (error) {
      this.counters.failed++;
      this.#failed(error);
      if (error instanceof HookFailed) throw error;
      throw new HookFailed(isLeftAlone(error) ? LEFT_ALONE : messageOf(error), { cause: error });
    }
  }

  /** What a stuck process is told would be lost with it. */
  #listener(): PluginProcess | undefined {
    const state = this.#state;
    return state.is === 'running' && state.process !== this.#suspected ? state.process : undefined;
  }

  get #timeoutMs(): number {
    return this.#parts.entry.timeoutMs ?? TIMEOUT_MS;
  }

  /** A question that is not answered may be one that waits; a process that answers nothing at all is stuck. */
  async #suspect(process: PluginProcess): Promise<void> {
    if (this.#suspected === process) return;
    this.#suspected = process;
    const patienceMs = Math.max(this.#timeoutMs, LEAST_SUSPICION_MS);
    const isAlive = await process.isAlive(patienceMs);
    if (this.#suspected === process) this.#suspected = undefined;
    if (this.#state.is !== 'running' || this.#state.process !== process) return;
    if (isAlive) {
      this.#events.tellNext();
      return;
    }
    void process.kill();
    this.#ended(`it has not read anything for ${patienceMs} ms: something in it runs without end.`);
  }

  /** The process is gone. What was under way has failed, what waits is told to the next one. */
  #ended(why: string): void {
    const state = this.#state;
    if (state.is !== 'running') return;
    if (performance.now() - state.since >= LASTED_MS) this.#failuresInARow = 0;
    this.#restartLater(why);
  }

  #restartLater(why: string): void {
    const delay = Math.min(RESTART_MS * 2 ** this.#failuresInARow, LONGEST_RESTART_MS);
    this.#failuresInARow++;
    this.#parts.log(
      'error',
      this.name,
      `The plug-in has ended and starts again in ${delay / 1000} s: ${why}`,
    );
    this.#state = { is: 'down', why, timer: setTimeout(() => void this.#restart(), delay) };
    this.#fail(why);
  }

  async #restart(): Promise<void> {
    try {
      await this.#run();
      this.counters.restarts++;
    } catch (error) {
      if (this.#state.is === 'down') this.#restartLater(messageOf(error));
    }
  }

  #fail(why: string): void {
    this.#questions.failAll(why);
    this.#events.forgetTold();
  }

  #breaker(hook: BeforeName): Breaker {
    const breaker = this.#breakers.get(hook) ?? new Breaker();
    this.#breakers.set(hook, breaker);
    return breaker;
  }

  /** Once per burst: a plug-in that fails does so with every message. */
  #failed(error: unknown): void {
    if (!this.#failures.isNew()) return;
    this.#parts.log(
      'error',
      this.name,
      `The plug-in failed; more of this in the next minute is not told. ${messageOf(error)}`,
      { err: error, ...this.counters },
    );
  }
}

function whyNot(state: Exclude<State, { is: 'running' }>): string {
  return state.is === 'down' ? state.why : `it is ${state.is}.`;
}

function errorOf({ message, stack }: Failure): Error {
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
