import type { App } from '../app/app.ts';
import type { OfflinePush } from '../push/plan-push.ts';

/** What brings a message to devices whose app is not running. */
export interface Pusher {
  push(app: App, push: OfflinePush): void;
}
