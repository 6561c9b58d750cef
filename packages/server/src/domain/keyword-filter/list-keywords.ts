import type { App } from '../app/app.ts';
import type { World } from '../world.ts';
import type { KeywordSummary } from './change-keywords.ts';

export interface KeywordPage extends KeywordSummary {
  /** In the order of the file. */
  readonly keywords: readonly string[];
}

/** A part of the list; all of it without a limit. */
export async function listKeywords(
  world: World,
  app: App,
  { skip, limit }: { readonly skip: number; readonly limit?: number },
): Promise<KeywordPage> {
  const stored = await world.store.keywords.read(app.key);
  if (stored === undefined) return { keywords: [], count: 0 };
  const { list, count, changedAt } = stored;
  const all = list === '' ? [] : list.split('\n');
  return { keywords: all.slice(skip, limit === undefined ? undefined : skip + limit), count, changedAt };
}
