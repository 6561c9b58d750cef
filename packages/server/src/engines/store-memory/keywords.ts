import type { AppKey } from '../../domain/identifiers.ts';
import type { KeywordRepository, StoredKeywords } from '../../domain/ports/keywords.ts';

export function keywordRepository(): KeywordRepository {
  const lists = new Map<AppKey, StoredKeywords>();
  return {
    async apps() {
      return [...lists.keys()];
    },
    async read(app) {
      return lists.get(app);
    },
    async replace(app, keywords) {
      lists.set(app, keywords);
    },
  };
}
