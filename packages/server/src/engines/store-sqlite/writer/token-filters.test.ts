import { describe, expect, it } from 'vitest';
import { tokenHash } from '../token-hash.ts';
import { mark, noMarks, TokenFilters } from './token-filters.ts';

const hashes = (name: string, count: number) =>
  Array.from({ length: count }, (_, n) => tokenHash(1, name, String(n)));

function marksOf(all: readonly number[]): Uint8Array {
  const marks = noMarks();
  for (const hash of all) mark(marks, hash);
  return marks;
}

describe('the filters of send tokens', () => {
  it('[F-MSG-25] name the run that has a hash, and hardly ever another one, also beyond 32', () => {
    const filters = new TokenFilters<number>();
    const runs = Array.from({ length: 34 }, (_, run) => hashes(`sender ${run}`, 20_000));
    for (const [run, all] of runs.entries()) filters.add(run, marksOf(all));
    let others = 0;
    for (const [run, all] of runs.entries()) {
      for (const hash of all.slice(0, 1000)) {
        const found = filters.runsWith(hash);
        expect(found).toContain(run);
        others += found.length - 1;
      }
    }
    expect(others).toBeLessThan(340);
    expect(hashes('nobody', 1000).flatMap((hash) => filters.runsWith(hash)).length).toBeLessThan(10);
  });

  it('[F-MSG-25] name nobody for what was removed, though its place is taken', () => {
    const filters = new TokenFilters<string>();
    const old = hashes('old', 1000);
    filters.add('kept', marksOf(hashes('kept', 10)));
    filters.add('old', marksOf(old));
    filters.remove('old');
    filters.add('new', marksOf([]));
    expect(old.flatMap((hash) => filters.runsWith(hash))).toEqual([]);
    filters.remove('kept');
    filters.remove('new');
    expect(filters.runsWith(1)).toEqual([]);
  });
});
