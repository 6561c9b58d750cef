import type { AppKey, ClientId } from '../identifiers.ts';

/** Which device of a client last logged in under a tag (`wire-protocol §4.1.4`). */
export interface TagHolder {
  readonly app: AppKey;
  readonly client: ClientId;
  readonly tag: string;
  readonly device: string;
}

export interface TagHolderRepository {
  /** Takes the place of the device that held the tag, and is the newest from now on. */
  put(holder: TagHolder): Promise<void>;
  /** Removes it, if it is this device that holds the tag. */
  remove(holder: TagHolder): Promise<void>;
  /** The `limit` that were put last, the newest last. */
  newest(limit: number): Promise<readonly TagHolder[]>;
  /** Forgets at most `limit` of those that are older than the newest `kept`; returns how many. */
  forgetOldest(kept: number, limit: number): Promise<number>;
}
