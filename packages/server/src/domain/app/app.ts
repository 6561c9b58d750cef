import type { AppKey } from '../identifiers.ts';
import type { AppSettings } from './app-settings.ts';

/**
 * One tenant. A snapshot: when a setting changes the whole object is replaced, so the hot path may hold it
 * for the length of one operation without seeing half a change.
 */
export interface App {
  readonly key: AppKey;
  /** Public identifier, opaque, at least 9 characters (`wire-protocol §1.4`). */
  readonly id: string;
  /** Public-ish key of client SDKs. */
  readonly appKey: string;
  /** Administrative secret; also the HMAC key of signatures. Never logged, never sent to a client. */
  readonly masterKey: string;
  readonly settings: AppSettings;
}
