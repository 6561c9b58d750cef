/** What other packages build on: the testkit, benchmarks and embedders. */
export { AppDirectory } from './app/app-directory.ts';
export { type AppParts, createApp, type ParleyApp } from './app/create-app.ts';
export { systemClock } from './app/system-clock.ts';
export { type AppSettings, defaultAppSettings } from './domain/app/app-settings.ts';
export type { Clock } from './domain/ports/clock.ts';
export type { Pusher } from './domain/ports/pusher.ts';
export type { Store } from './domain/ports/store.ts';
export type { OfflinePush } from './domain/push/plan-push.ts';
export { openFilesOnDisk } from './engines/files-disk/index.ts';
export { openMemoryStore } from './engines/store-memory/index.ts';
export { openSqliteStore } from './engines/store-sqlite/index.ts';
export type { GatewayLimits } from './gateway/index.ts';
export { Metrics } from './metrics/index.ts';
export type { PluginEntry } from './plugins/index.ts';
