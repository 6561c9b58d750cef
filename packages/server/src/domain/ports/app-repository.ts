import type { AppKey, Milliseconds } from '../identifiers.ts';
import type { JsonObject } from '../json.ts';
import type { AuditDraft } from './audit.ts';

export interface AppRecord {
  readonly key: AppKey;
  readonly id: string;
  readonly appKey: string;
  readonly masterKey: string;
  /** Overrides over the defaults; unknown names are kept. */
  readonly settings: JsonObject;
  readonly createdAt: Milliseconds;
}

export interface AppRepository {
  list(): Promise<readonly AppRecord[]>;
  /** Creates the app, and writes who did; or returns the one that already has this id untouched. */
  create(
    app: Omit<AppRecord, 'key'>,
    audit?: AuditDraft,
  ): Promise<{ readonly app: AppRecord; readonly existing: boolean }>;
  /** Replaces keys or settings, and writes who did in the same commit; `undefined` where there is no such app. */
  update(
    key: AppKey,
    change: { readonly appKey?: string; readonly masterKey?: string; readonly settings?: JsonObject },
    audit?: AuditDraft,
  ): Promise<AppRecord | undefined>;
}
