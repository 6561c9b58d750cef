import type { App } from '../domain/app/app.ts';
import { type AppSettings, defaultAppSettings } from '../domain/app/app-settings.ts';
import { changeAppSettings } from '../domain/app/change-app-settings.ts';
import type { AppKey } from '../domain/identifiers.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Apps } from '../domain/ports/apps.ts';
import type { AppRecord, AppRepository } from '../domain/ports/store.ts';

const NO_RATES = { messagesPerMinute: 0, historyQueriesPerMinute: 0, otherOperationsPerMinute: 0 };

export interface DirectoryOptions {
  /** Id of an app whose clients have no rate limits in this process, whatever is stored. */
  readonly withoutClientRates?: string | undefined;
}

/** The apps of this deployment as snapshots, replaced as a whole when something changes. */
export class AppDirectory implements Apps {
  readonly #repository: AppRepository;
  readonly #byId = new Map<string, App>();
  readonly #byKey = new Map<AppKey, App>();
  readonly #listeners: ((app: App) => Promise<void>)[] = [];

  readonly #withoutClientRates: string | undefined;

  private constructor(repository: AppRepository, { withoutClientRates }: DirectoryOptions) {
    this.#repository = repository;
    this.#withoutClientRates = withoutClientRates;
  }

  static async load(repository: AppRepository, options: DirectoryOptions = {}): Promise<AppDirectory> {
    const directory = new AppDirectory(repository, options);
    for (const record of await repository.list()) directory.#put(record);
    return directory;
  }

  find(appId: string): App | undefined {
    return this.#byId.get(appId);
  }

  byKey(key: AppKey): App | undefined {
    return this.#byKey.get(key);
  }

  list(): readonly App[] {
    return [...this.#byKey.values()];
  }

  /**
   * Stores settings (`null` goes back to the standard) and serves by them from now on. `undefined` where there is no
   * such app.
   *
   * @throws AppSettingsInvalid
   */
  async changeSettings(appId: string, change: Readonly<Record<string, unknown>>): Promise<App | undefined> {
    const app = this.find(appId);
    if (app === undefined) return undefined;
    const stored = (await this.#repository.list()).find((record) => record.key === app.key);
    const settings = changeAppSettings(
      (stored?.settings ?? {}) as Partial<AppSettings>,
      change,
    ) as JsonObject;
    const updated = await this.#repository.update(app.key, { settings });
    return updated === undefined ? undefined : this.#changed(updated);
  }

  /** Makes an app and serves it from now on. `undefined` where the id is taken. */
  async create(
    keys: Pick<AppRecord, 'id' | 'appKey' | 'masterKey'>,
    createdAt: number,
  ): Promise<App | undefined> {
    const { app, existing } = await this.#repository.create({ ...keys, settings: {}, createdAt });
    return existing ? undefined : this.#put(app);
  }

  /** Replaces keys; the old ones are worth nothing from now on. `undefined` where there is no such app. */
  async changeKeys(
    appId: string,
    keys: Partial<Pick<AppRecord, 'appKey' | 'masterKey'>>,
  ): Promise<App | undefined> {
    const app = this.find(appId);
    const updated = app === undefined ? undefined : await this.#repository.update(app.key, keys);
    return updated === undefined ? undefined : this.#changed(updated);
  }

  whenChanged(listener: (app: App) => Promise<void>): void {
    this.#listeners.push(listener);
  }

  async #changed(record: AppRecord): Promise<App> {
    const app = this.#put(record);
    for (const listener of this.#listeners) await listener(app);
    return app;
  }

  #put(record: AppRecord): App {
    const app = appOf(record, record.id === this.#withoutClientRates ? { clientRateLimits: NO_RATES } : {});
    this.#byId.set(app.id, app);
    this.#byKey.set(app.key, app);
    return app;
  }
}

function appOf({ key, id, appKey, masterKey, settings }: AppRecord, overlay: Partial<AppSettings>): App {
  // Settings are validated when they are written, so what is stored has the shape of its name.
  return {
    key,
    id,
    appKey,
    masterKey,
    settings: { ...defaultAppSettings, ...(settings as Partial<AppSettings>), ...overlay },
  };
}
