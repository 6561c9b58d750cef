import type { AppKey, Milliseconds } from '../identifiers.ts';

export interface StoredKeywords {
  /** One keyword a line. */
  readonly list: string;
  readonly count: number;
  readonly changedAt: Milliseconds;
}

/** What may not be said. */
export interface KeywordRepository {
  /** Apps that ever had a list. */
  apps(): Promise<readonly AppKey[]>;
  read(app: AppKey): Promise<StoredKeywords | undefined>;
  replace(app: AppKey, keywords: StoredKeywords): Promise<void>;
}
