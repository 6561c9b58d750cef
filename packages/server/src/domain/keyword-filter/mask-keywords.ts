import { type Automaton, findKeywords, type Occurrence } from './automaton.ts';

const MASK = '***';

/**
 * A text with every keyword replaced: the longest first, and none across another that is replaced already (D-19). The
 * very same text where there is none.
 *
 * @example maskKeywords(automatonOf('bad'), 'Not so BAD, is it?'); // 'Not so ***, is it?'
 */
export function maskKeywords(automaton: Automaton, text: string): string {
  const found = findKeywords(automaton, text);
  if (found.length === 0) return text;
  let masked = '';
  let from = 0;
  for (const { start, end } of withoutOverlaps(found, text.length)) {
    masked += text.slice(from, start) + MASK;
    from = end;
  }
  return masked + text.slice(from);
}

/** From left to right. */
function withoutOverlaps(found: readonly Occurrence[], length: number): readonly Occurrence[] {
  if (found.length === 1) return found;
  const byLength = [...found].sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start);
  const taken = new Uint8Array(length);
  const chosen: Occurrence[] = [];
  for (const occurrence of byLength) {
    const { start, end } = occurrence;
    // What is taken is at least as long, so what overlaps this one has one of its ends.
    if (taken[start] === 1 || taken[end - 1] === 1) continue;
    taken.fill(1, start, end);
    chosen.push(occurrence);
  }
  return chosen.sort((a, b) => a.start - b.start);
}
