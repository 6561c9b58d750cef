import { ConfigInvalid } from '../config/index.ts';
import { AppSettingsInvalid } from '../domain/app/change-app-settings.ts';
import { DatabaseUnusable } from '../engines/store-sqlite/index.ts';
import { CannotListen } from '../gateway/index.ts';
import { PluginUnusable } from '../plugins/index.ts';
import { AdministrationRefused } from './control/administration.ts';

/** Errors whose message is for whoever runs the program. */
const EXPLAINED = [
  ConfigInvalid,
  DatabaseUnusable,
  CannotListen,
  PluginUnusable,
  AdministrationRefused,
  AppSettingsInvalid,
];

/** What to print when a command cannot be done: sentences for whoever runs it, or the whole error if it is our fault. */
export function startFailure(error: unknown): string {
  if (EXPLAINED.some((kind) => error instanceof kind) && error instanceof Error) return error.message;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `This failed by a fault of Parley: please report it.\n${detail}`;
}
