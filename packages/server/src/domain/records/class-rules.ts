import type { App } from '../app/app.ts';
import type { DataErrorReason } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { ColumnType } from './column-types.ts';
import type { RecordKey } from './record.ts';

/** What can be done with the objects of a class. */
export type Act = 'create' | 'find' | 'get' | 'update' | 'delete';

/** Who may: whoever holds the app key, the user the object is about, or the app's own server alone. */
export type Audience = 'app' | 'owner' | 'master';

/** What is special about one class (`storage-subset §5.4`). */
export interface ClassRules {
  readonly may: (app: App) => Readonly<Record<Act, Audience>>;
  /** Columns with a meaning; all others may hold anything. */
  readonly types: Readonly<Record<string, ColumnType>>;
  /** Columns the server writes; what callers send for them is ignored, because SDKs send objects back whole. */
  readonly serverColumns: ReadonlySet<string>;
  /** Columns that only the object's own user and the app's server see. */
  readonly privateColumns: ReadonlySet<string>;
  /** What no second object of the class may have. */
  readonly keys: (columns: JsonObject, secrets: JsonObject) => readonly RecordKey[];
  /** How a taken key is refused, by its name. */
  readonly takenRefusals: Readonly<Record<string, DataErrorReason>>;
  /** Whether reading an unknown id is an error rather than an empty object. */
  readonly missing?: DataErrorReason;
}
