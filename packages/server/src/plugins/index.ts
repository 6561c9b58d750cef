import type { App } from '../domain/app/app.ts';
import type { DomainEvent } from '../domain/events.ts';
import type { Apps } from '../domain/ports/apps.ts';
import type { Hooks } from '../domain/ports/hooks.ts';
import type { World } from '../domain/world.ts';
import { perform } from './actions.ts';
import { handlerOf, notificationOf, type Whereabouts } from './notifications.ts';
import { type PluginEntry, PluginUnusable } from './plugin-entry.ts';
import type { Action } from './protocol.ts';
import {
  PATIENCE,
  type Patience,
  type PluginStatus,
  type SupervisedParts,
  SupervisedPlugin,
} from './supervised-plugin.ts';

export { type PluginEntry, PluginUnusable };

export interface PluginsParts extends Pick<SupervisedParts, 'log' | 'environment'> {
  readonly entries: readonly PluginEntry[];
  readonly apps: Apps;
  readonly whereabouts: Whereabouts;
  /** Known once plug-ins are started. */
  readonly world: () => World;
  readonly patience?: Partial<Patience>;
}

/** The app's own code in this deployment: each plug-in in a process of its own, so that none can hurt the server. */
export class Plugins {
  readonly #apps: Apps;
  readonly #whereabouts: Whereabouts;
  readonly #world: () => World;
  readonly #entries: readonly PluginEntry[];
  readonly #plugins: readonly SupervisedPlugin[];

  constructor({ entries, apps, whereabouts, world, log, environment, patience }: PluginsParts) {
    this.#apps = apps;
    this.#whereabouts = whereabouts;
    this.#world = world;
    this.#entries = entries;
    this.#plugins = entries.map(
      (entry) =>
        new SupervisedPlugin({
          entry,
          environment,
          log,
          patience: { ...PATIENCE, ...patience },
          appIds: () => apps.list().map(({ id }) => id),
          act: (app, action) => this.#act(app, action),
        }),
    );
  }

  /** Each plug-in as something that can be asked, in the order of the configuration. */
  get hooks(): readonly Hooks[] {
    return this.#plugins;
  }

  /**
   * Starts them all; none is left running if one cannot be used.
   *
   * @throws PluginUnusable
   */
  async start(): Promise<void> {
    const started = await Promise.allSettled(this.#plugins.map((plugin) => plugin.start()));
    const failure = started.find((outcome) => outcome.status === 'rejected');
    const twin = this.#plugins.findIndex(
      ({ name }, index) => this.#plugins.findIndex((other) => other.name === name) !== index,
    );
    if (failure === undefined && twin < 0) return;
    await this.close();
    if (failure !== undefined) throw failure.reason;
    const name = this.#plugins[twin]?.name ?? '';
    throw new PluginUnusable(this.#entries[twin]?.path ?? '', `another one is called "${name}" already.`);
  }

  /** Tells those who want to know what has happened. */
  told(event: DomainEvent): void {
    // What one of them did, or a hook, is told to none (`hooks-and-signatures §4.3`).
    if (event.isUnhooked === true) return;
    const handler = handlerOf(event);
    const app = handler === undefined ? undefined : this.#apps.byKey(event.app);
    if (handler === undefined || app === undefined) return;
    const listeners = this.#plugins.filter((plugin) => plugin.listensTo(app, handler));
    if (listeners.length === 0) return;
    const notification = notificationOf(event, this.#whereabouts);
    if (notification === undefined) return;
    for (const plugin of listeners) plugin.tell(app, handler, notification);
  }

  status(): readonly PluginStatus[] {
    return this.#plugins.map((plugin) => plugin.status());
  }

  async close(): Promise<void> {
    await Promise.all(this.#plugins.map((plugin) => plugin.stop()));
  }

  async #act(id: string, action: Action): Promise<unknown> {
    const app: App | undefined = this.#apps.find(id);
    if (app === undefined) throw new Error(`There is no app ${id}.`);
    return perform(this.#world(), app, action);
  }
}
