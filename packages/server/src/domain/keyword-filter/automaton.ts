import { foldLowSurrogate, isLowSurrogate } from './fold-case.ts';

/**
 * An Aho–Corasick automaton: finds every keyword of a list in one pass over a text, however many there are. All of it
 * is in typed arrays, so that it is built in a thread of its own and handed over without being copied.
 *
 * States are numbered level by level from the root, which is 0. So the children of a state stand side by side, and no
 * other state leads to 0: it also says "none".
 */
export interface Automaton {
  /** Of each code unit: which letter of the keywords it is, whatever its case; 0 where no keyword has it. */
  readonly letters: Uint16Array;
  /** Of each letter: the state it leads to from the root. */
  readonly fromRoot: Int32Array;
  /** Of each state: its first child; those up to the first child of the next state are its own, by ascending letter. */
  readonly firstChild: Int32Array;
  /** Of each state: the letter that leads to it. */
  readonly letter: Uint16Array;
  /** Of each state: the longest other state whose letters end in the same way. */
  readonly fallback: Int32Array;
  /** Of each state: code units of the keyword that ends here; 0 where none does. */
  readonly keywordLength: Uint8Array;
  /** Of each state: the next shorter state in which a keyword ends and whose letters end in the same way. */
  readonly shorterKeyword: Int32Array;
}

/** Where a keyword stands in a text: from `start` up to `end`. */
export interface Occurrence {
  readonly start: number;
  readonly end: number;
}

/** Every occurrence of every keyword, those inside of others and across each other too, by ascending end. */
export function findKeywords(automaton: Automaton, text: string): readonly Occurrence[] {
  const { letters, keywordLength, shorterKeyword } = automaton;
  let found: Occurrence[] | undefined;
  let state = 0;
  for (let at = 0; at < text.length; at++) {
    let unit = text.charCodeAt(at);
    // Halfway through such a letter the state is never the root.
    if (state !== 0 && isLowSurrogate(unit)) unit = foldLowSurrogate(text.charCodeAt(at - 1), unit);
    const letter = letters[unit] ?? 0;
    state = letter === 0 ? 0 : follow(automaton, state, letter);
    if (state === 0) continue;
    let ending = keywordLength[state] === 0 ? (shorterKeyword[state] ?? 0) : state;
    while (ending !== 0) {
      found ??= [];
      found.push({ start: at + 1 - (keywordLength[ending] ?? 0), end: at + 1 });
      ending = shorterKeyword[ending] ?? 0;
    }
  }
  return found ?? NONE;
}

const NONE: readonly Occurrence[] = [];

function follow(automaton: Automaton, from: number, letter: number): number {
  const { fromRoot, fallback } = automaton;
  for (let state = from; state !== 0; state = fallback[state] ?? 0) {
    const next = childOf(automaton, state, letter);
    if (next !== 0) return next;
  }
  return fromRoot[letter] ?? 0;
}

/** The child by a letter; 0 where there is none. Most states have one child. */
export function childOf(
  { firstChild, letter: letterOf }: Pick<Automaton, 'firstChild' | 'letter'>,
  state: number,
  letter: number,
): number {
  let low = firstChild[state] ?? 0;
  let high = (firstChild[state + 1] ?? 0) - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const there = letterOf[middle] ?? 0;
    if (there === letter) return middle;
    if (there < letter) low = middle + 1;
    else high = middle - 1;
  }
  return 0;
}
