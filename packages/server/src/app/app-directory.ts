import type { App } from '../domain/app/app.ts';
import { type AppSettings, defaultAppSettings } from '../domain/app/app-settings.ts';
import { changeAppSettings } from '../domain/app/change-app-settings.ts';
import { auditDraft } from '../domain/audit/record-action.ts';
import { settingsDifference } from '../domain/audit/settings-difference.ts';
import type { AppKey } from '../domain/identifiers.ts';
import type { JsonObject } from '../domain/json.ts';
import type { AppRecord, AppRepository } from '../domain/ports/app-repository.ts';
import type { Apps } from '../domain/ports/apps.ts';
import type { AuditAuthor } from '../domain/ports/audit.ts';
import type { Clock } from '../domain/ports/clock.ts';
import { systemClock } from './system-clock.ts';

const NO_RATES = { messagesPerMinute: 0, historyQueriesPerMinute: 0, otherOperationsPerMinute: 0 };

/** Who changes apps unless somebody is named: code that embeds the server. */
const PROGRAM: AuditAuthor = { via: 'program' };

export interface DirectoryOptions {
  /** Id of an app whose clients have no rate limits in this process, whatever is stored. */
  readonly withoutClientRates?: string | undefined;
  /** Dates entries of the audit log; that of the machine unless given. */
  readonly clock?: Pick<Clock, 'now'>;
  /** Id of an app that is not served, as if it were not there; what is stored of it stays. */
  readonly without?: string | undefined;
}

/** The apps of this deployment as snapshots, replaced as a whole when something changes. */
export class AppDirectory implements Apps {
  readonly #repository: AppRepository;
  readonly #byId = new Map<string, App>();
  readonly #byKey = new Map<AppKey, App>();
  readonly #listeners: ((app: App) => Promise<void>)[] = [];

  readonly #withoutClientRates: string | undefined;
  readonly #clock: Pick<Clock, 'now'>;
  /** The last change of settings: the next one begins with what it leaves. */
  #settled: Promise<unknown> = Promise.resolve();

  private constructor(
    repository: AppRepository,
    { withoutClientRates, clock = systemClock }: DirectoryOptions,
  ) {
    this.#repository = repository;
    this.#clock = clock;
    this.#withoutClientRates = withoutClientRates;
  }

  static async load(repository: AppRepository, options: DirectoryOptions = {}): Promise<AppDirectory> {
    const directory = new AppDirectory(repository, options);
    for (const record of await repository.list()) {
      if (record.id !== options.without) directory.#put(record);
    }
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
  changeSettings(
    appId: string,
    change: Readonly<Record<string, unknown>>,
    by: AuditAuthor = PROGRAM,
  ): Promise<App | undefined> {
    const changed = this.#settled.then(() => this.#changeSettings(appId, change, by));
    this.#settled = changed.catch(() => {});
    return changed;
  }

  async #changeSettings(
    appId: string,
    change: Readonly<Record<string, unknown>>,
    by: AuditAuthor,
  ): Promise<App | undefined> {
    const app = this.find(appId);
    if (app === undefined) return undefined;
    const stored = (await this.#repository.list()).find((record) => record.key === app.key);
    const before = stored?.settings ?? {};
    const settings = changeAppSettings(before as Partial<AppSettings>, change) as JsonObject;
    const changed = { action: 'app.settings', target: appId, details: settingsDifference(before, settings) };
    const updated = await this.#repository.update(
      app.key,
      { settings },
      auditDraft(by, changed, this.#clock.now()),
    );
    return updated === undefined ? undefined : this.#changed(updated);
  }

  /** Makes an app and serves it from now on. `undefined` where the id is taken. */
  async create(
    keys: Pick<AppRecord, 'id' | 'appKey' | 'masterKey'>,
    createdAt: number,
    by: AuditAuthor = PROGRAM,
  ): Promise<App | undefined> {
    const { app, existing } = await this.#repository.create(
      { ...keys, settings: {}, createdAt },
      auditDraft(by, { action: 'app.create', target: keys.id }, this.#clock.now()),
    );
    return existing ? undefined : this.#put(app);
  }

  /** Replaces keys; the old ones are worth nothing from now on. `undefined` where there is no such app. */
  async changeKeys(
    appId: string,
    keys: Partial<Pick<AppRecord, 'appKey' | 'masterKey'>>,
    by: AuditAuthor = PROGRAM,
  ): Promise<App | undefined> {
    const app = this.find(appId);
    if (app === undefined) return undefined;
    const replaced = { action: 'app.rotate-key', target: appId, details: { keys: Object.keys(keys) } };
    const updated = await this.#repository.update(app.key, keys, auditDraft(by, replaced, this.#clock.now()));
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
