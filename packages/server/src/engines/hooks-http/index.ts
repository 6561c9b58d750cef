import type { App } from '../../domain/app/app.ts';
import type { DomainEvent } from '../../domain/events.ts';
import type { AppKey } from '../../domain/identifiers.ts';
import type { Apps } from '../../domain/ports/apps.ts';
import { type BeforeHooks, HookFailed, type Hooks } from '../../domain/ports/hooks.ts';
import type { BreakerState } from '../outgoing/breaker.ts';
import { Burst } from '../outgoing/burst.ts';
import type { Targets } from '../outgoing/targets.ts';
import { type CallObserver, EngineCaller, type EngineCounters } from './call-engine.ts';
import { EngineFunctions } from './engine-functions.ts';
import { notificationOf, type Whereabouts } from './notifications.ts';
import {
  clientSignParameters,
  conversationStartParameters,
  conversationUpdateParameters,
  membershipParameters,
  messageReceivedParameters,
  messageUpdateParameters,
  receiversOfflineParameters,
} from './parameters.ts';
import {
  messageVerdict,
  pushVerdict,
  signVerdict,
  startVerdict,
  updateVerdict,
  verdict,
} from './verdicts.ts';

export interface HttpHooksParts {
  readonly apps: Apps;
  readonly whereabouts: Whereabouts;
  readonly targets: Targets;
  /** Told, at most once a minute for each app, that calls fail. */
  readonly failed: (app: App, error: unknown, counters: EngineCounters) => void;
  readonly called?: CallObserver;
}

/** How it stands with the engine of an app. */
export interface EngineStatus {
  readonly app: App;
  readonly breakers: Iterable<readonly [name: string, state: BreakerState]>;
  readonly waiting: number;
}

export type { CallObserver } from './call-engine.ts';

/** How long a server that stops waits for calls under way. */
const STOP_MS = 5_000;

interface Engine {
  /** As the app was when this was last looked up. */
  app: App;
  /** The settings it was made for, as one text. */
  readonly settings: string;
  readonly caller: EngineCaller;
  readonly functions: EngineFunctions;
  before: BeforeHooks | undefined;
  readonly failures: Burst;
}

/** Hooks on a server of the app, called over HTTP like LeanEngine (`hooks-and-signatures §2`). */
export class HttpHooks implements Hooks {
  readonly #parts: HttpHooksParts;
  readonly #engines = new Map<AppKey, Engine>();
  /** Of engines that are no more, with their last calls under way. */
  readonly #leaving = new Set<EngineCaller>();
  #isStarted = false;

  constructor(parts: HttpHooksParts) {
    this.#parts = parts;
  }

  before(app: App): BeforeHooks | undefined {
    if (app.settings.engine.url === '') return undefined;
    return this.#engineOf(app).before;
  }

  /** Tells the engine of the app what has happened, if it wants to know. */
  told(event: DomainEvent): void {
    const app = this.#parts.apps.byKey(event.app);
    if (app === undefined || app.settings.engine.url === '' || event.isUnhooked === true) return;
    const engine = this.#engineOf(app);
    const notification = notificationOf(event, this.#parts.whereabouts);
    if (notification === undefined || !engine.functions.has(notification.name)) return;
    const address = 'address' in event ? event.address : undefined;
    engine.caller
      .tell({
        name: notification.name,
        parameters: notification.parameters(),
        ...(address !== undefined && { address }),
      })
      .catch((error: unknown) => this.#failed(app, engine, error));
  }

  /** Asks the engines of all apps what they have; over once each has said so or failed to. */
  async start(apps: readonly App[]): Promise<void> {
    this.#isStarted = true;
    await Promise.all(apps.map((app) => this.changed(app)));
  }

  /** An engine of the app is asked what it has before something happens, and none that is no more. */
  async changed(app: App): Promise<void> {
    const known = this.#engines.get(app.key);
    if (app.settings.engine.url !== '') {
      if (this.#isStarted) await this.#engineOf(app).functions.askedOnce;
    } else if (known !== undefined) {
      this.#engines.delete(app.key);
      void this.#leave(known);
    }
  }

  *status(): Iterable<EngineStatus> {
    for (const { app, caller } of this.#engines.values()) {
      yield { app, breakers: caller.breakers(), waiting: caller.waiting };
    }
  }

  async close(): Promise<void> {
    const engines = [...this.#engines.values()];
    this.#engines.clear();
    for (const { functions } of engines) functions.stop();
    const callers = [...engines.map(({ caller }) => caller), ...this.#leaving];
    await Promise.all(callers.map((caller) => caller.close(STOP_MS)));
  }

  /** The engine as the app is set up now; another one where that changed. */
  #engineOf(app: App): Engine {
    const known = this.#engines.get(app.key);
    // Apps are snapshots: the same one has the same settings.
    if (known?.app === app) return known;
    const settings = JSON.stringify([app.settings.engine, app.appKey, app.masterKey]);
    if (known?.settings === settings) {
      known.app = app;
      return known;
    }
    if (known !== undefined) void this.#leave(known);
    const caller = new EngineCaller(app, this.#parts.targets, this.#parts.called);
    const engine: Engine = {
      app,
      settings,
      caller,
      functions: new EngineFunctions(caller, app.settings.engine.hooks, known?.functions, () => {
        engine.before = this.#hooksOf(app, engine);
      }),
      before: undefined,
      failures: new Burst(),
    };
    engine.before = this.#hooksOf(app, engine);
    this.#engines.set(app.key, engine);
    engine.functions.start((error) => this.#failed(app, engine, error));
    return engine;
  }

  /** No call of it takes longer than the longest it may; what waits behind that is lost. */
  async #leave({ app, functions, caller }: Engine): Promise<void> {
    const { timeoutMs, notifyTimeoutMs } = app.settings.engine;
    functions.stop();
    this.#leaving.add(caller);
    await caller.close(Math.max(timeoutMs, notifyTimeoutMs));
    this.#leaving.delete(caller);
  }

  #hooksOf(app: App, engine: Engine): BeforeHooks | undefined {
    const { functions } = engine;
    const mayHave = (name: string) => !functions.isKnown || functions.has(name);
    // The Go SDK spells it without an s (H-18).
    const offlineHook = ['_receiversOffline', '_receiverOffline'].find(mayHave);
    const ask = async <Answer>(
      name: string,
      parameters: object,
      read: (result: unknown) => Answer,
      { address }: { readonly address?: string } = {},
    ) => {
      try {
        if (!functions.isKnown) throw new HookFailed('The engine has not said yet which hooks it has.');
        return read(await engine.caller.ask({ name, parameters, ...(address !== undefined && { address }) }));
      } catch (error) {
        this.#failed(app, engine, error);
        throw error;
      }
    };
    const hooks: BeforeHooks = {
      ...(mayHave('_messageReceived') && {
        messageReceived: (message) =>
          ask(
            '_messageReceived',
            messageReceivedParameters(message),
            (result) => messageVerdict(result, typeof message.body !== 'string'),
            message,
          ),
      }),
      ...(mayHave('_messageUpdate') && {
        messageUpdate: (message) =>
          ask(
            '_messageUpdate',
            messageUpdateParameters(message),
            (result) => messageVerdict(result, typeof message.body !== 'string'),
            message,
          ),
      }),
      ...(offlineHook !== undefined && {
        receiversOffline: (message) => ask(offlineHook, receiversOfflineParameters(message), pushVerdict),
      }),
      ...(mayHave('_conversationStart') && {
        conversationStart: (start) =>
          ask('_conversationStart', conversationStartParameters(start), startVerdict, start),
      }),
      ...(mayHave('_conversationAdd') && {
        conversationAdd: (change) => ask('_conversationAdd', membershipParameters(change), verdict, change),
      }),
      ...(mayHave('_conversationRemove') && {
        conversationRemove: (change) =>
          ask('_conversationRemove', membershipParameters(change), verdict, change),
      }),
      ...(mayHave('_conversationUpdate') && {
        conversationUpdate: (update) =>
          ask(
            '_conversationUpdate',
            conversationUpdateParameters(update),
            (result) => updateVerdict(result, update),
            update,
          ),
      }),
      ...(mayHave('_rtmClientSign') && {
        clientSign: (user, sessionToken) =>
          ask('_rtmClientSign', clientSignParameters(user, sessionToken), signVerdict),
      }),
    };
    return Object.keys(hooks).length === 0 ? undefined : hooks;
  }

  /** Once per burst: an engine that is down fails with every message. */
  #failed(app: App, engine: Engine, error: unknown): void {
    if (engine.failures.isNew()) this.#parts.failed(app, error, engine.caller.counters);
  }
}
