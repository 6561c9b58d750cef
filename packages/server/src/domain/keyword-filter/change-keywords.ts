import type { Operator } from '../actor.ts';
import type { Milliseconds } from '../identifiers.ts';
import type { World } from '../world.ts';

export interface KeywordSummary {
  readonly count: number;
  /** When the list was last replaced; absent where there has never been one. */
  readonly changedAt?: Milliseconds;
}

/**
 * Replaces the keywords of an app; an empty file ends the filtering. From the moment this resolves every message is
 * held against the new list, and until then against the one before (F-MOD-06).
 *
 * @param file plain text, one keyword a line
 * @throws DataError BAD_ARGUMENT, TOO_LARGE
 */
export async function changeKeywords(world: World, { app }: Operator, file: string): Promise<KeywordSummary> {
  const compiled = await world.keywords.compile(file);
  const { list, count } = compiled;
  const changedAt = world.clock.now();
  await world.store.keywords.replace(app.key, { list, count, changedAt });
  world.keywords.use(app.key, compiled);
  return { count, changedAt };
}
