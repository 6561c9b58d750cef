import type { App } from '../app/app.ts';
import type { AppKey } from '../identifiers.ts';

/** The apps this deployment serves. Snapshots: ask again for each operation, keep for none. */
export interface Apps {
  find(appId: string): App | undefined;
  byKey(key: AppKey): App | undefined;
  list(): readonly App[];
  /** Whoever changes an app waits for the listener. */
  whenChanged(listener: (app: App) => Promise<void>): void;
}
