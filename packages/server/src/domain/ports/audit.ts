import type { AppKey, Milliseconds } from '../identifiers.ts';
import type { JsonObject } from '../json.ts';

/** Who administers an app, as far as it can be told. */
export interface AuditAuthor {
  /**
   * The way it came: `rest` with the master key, `hook` the same from a hook of the app, `cli` a command on this
   * machine, `configuration` the options a server was started with, `program` code that embeds the server.
   */
  readonly via: 'rest' | 'hook' | 'cli' | 'configuration' | 'program';
  /** Who gave the command: a user of the operating system. */
  readonly user?: string;
  /** Network address it came from. */
  readonly address?: string;
}

/** What somebody did to an app. Never changed, and never holding a secret. */
export interface AuditEntry extends AuditAuthor {
  /** Ascending in the order of commits. */
  readonly id: number;
  readonly at: Milliseconds;
  /** What was done to what, such as `client.kick`. */
  readonly action: string;
  /** The id of what it was done to. */
  readonly target?: string;
  readonly details: JsonObject;
  /** It ended with a fault of the server, so it may have been done by half. */
  readonly failed?: true;
}

export type AuditDraft = Omit<AuditEntry, 'id'>;

export interface AuditQuery {
  readonly app: AppKey;
  /** Entries older than this one only: the next page. */
  readonly before?: number;
  readonly since?: Milliseconds;
  readonly until?: Milliseconds;
  readonly action?: string;
  readonly target?: string;
  readonly limit: number;
}

export interface AuditRepository {
  add(app: AppKey, draft: AuditDraft): Promise<void>;
  /** The newest first. `since` is included, `until` is not. */
  list(query: AuditQuery): Promise<readonly AuditEntry[]>;
}
