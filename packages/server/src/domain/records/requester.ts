import type { App } from '../app/app.ts';
import type { DataRecord } from './record.ts';

/** Who asks for objects: whoever holds the app key, a user who logged in, or the app's own server. */
export interface Requester {
  readonly app: App;
  /** Holds the master key: no permission applies. */
  readonly isMaster: boolean;
  /** The `_User` whose session it is, also where the master key came along. */
  readonly user?: DataRecord;
  /** Where this requester fetches uploaded files, without a slash at its end. */
  readonly filesUrl: string;
}
