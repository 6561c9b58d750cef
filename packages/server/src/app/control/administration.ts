import { type AppSettings, defaultAppSettings } from '../../domain/app/app-settings.ts';
import type { AppDirectory } from '../app-directory.ts';

/** What an operator on this machine may ask, as it travels over the control socket. */
export type AdministrationRequest =
  | { readonly ask: 'app'; readonly app?: string }
  | {
      readonly ask: 'change-settings';
      readonly app?: string;
      readonly change: Readonly<Record<string, unknown>>;
    };

/** One app as its operator sees it. */
export interface AppReport {
  readonly id: string;
  readonly appKey: string;
  readonly masterKey: string;
  readonly settings: AppSettings;
  /** Names of the settings that differ from the standard. */
  readonly changed: readonly string[];
}

/** A request that cannot be met; the message says what to do. */
export class AdministrationRefused extends Error {
  override readonly name = 'AdministrationRefused';
}

/**
 * @throws AdministrationRefused, AppSettingsInvalid
 */
export async function administer(apps: AppDirectory, request: AdministrationRequest): Promise<AppReport> {
  const id = appOf(apps, request.app);
  if (request.ask === 'change-settings') await apps.changeSettings(id, request.change);
  return report(apps, id);
}

function appOf(apps: AppDirectory, wanted: string | undefined): string {
  const ids = apps.list().map((app) => app.id);
  const [first] = ids;
  if (first === undefined) {
    throw new AdministrationRefused('There is no app yet: start the server once, and it makes one.');
  }
  if (wanted === undefined) {
    if (ids.length === 1) return first;
    throw new AdministrationRefused(
      `There are several apps: name one with --app. They are ${ids.join(', ')}.`,
    );
  }
  if (!ids.includes(wanted)) {
    throw new AdministrationRefused(`There is no app ${wanted}. There is ${ids.join(', ')}.`);
  }
  return wanted;
}

function report(apps: AppDirectory, id: string): AppReport {
  const app = apps.find(id);
  if (app === undefined) throw new AdministrationRefused(`There is no app ${id}.`);
  const { appKey, masterKey, settings } = app;
  const changed = Object.keys(defaultAppSettings).filter((name) => {
    const key = name as keyof AppSettings;
    return JSON.stringify(settings[key]) !== JSON.stringify(defaultAppSettings[key]);
  });
  return { id, appKey, masterKey, settings, changed };
}
