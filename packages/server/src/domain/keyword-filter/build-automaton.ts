import { type Automaton, childOf } from './automaton.ts';
import { foldLowSurrogate, foldUnit, isLowSurrogate } from './fold-case.ts';

/** A keyword as the letters it consists of. */
type Spelling = readonly number[];

/** @param keywords none of them empty or longer than 255 code units */
export function buildAutomaton(keywords: readonly string[]): Automaton {
  const letters = lettersOf(keywords);
  const spellings = keywords.map((keyword) => foldedUnits(keyword).map((unit) => letters[unit] ?? 0));
  spellings.sort(byLetters);
  const trie = buildTrie(spellings);
  const fallback = fallbacksOf(trie);
  return {
    letters,
    fromRoot: childrenOfRoot(trie, letters),
    firstChild: trie.firstChild,
    letter: trie.letter,
    fallback,
    keywordLength: trie.keywordLength,
    shorterKeyword: shorterKeywordsOf(trie, fallback),
  };
}

type Trie = Pick<Automaton, 'firstChild' | 'letter' | 'keywordLength'> & {
  readonly parent: Int32Array;
  readonly states: number;
};

/**
 * Sorted spellings that begin alike stand side by side, so a state is a range of them and a depth. Ranges are split
 * level by level, which numbers the states in the order an automaton wants.
 */
function buildTrie(spellings: readonly Spelling[]): Trie {
  const states = countStates(spellings);
  const firstChild = new Int32Array(states + 1);
  const letter = new Uint16Array(states);
  const parent = new Int32Array(states);
  const keywordLength = new Uint8Array(states);
  const from = new Int32Array(states);
  const to = new Int32Array(states);
  to[0] = spellings.length;
  let next = 1;
  let depth = 0;
  let levelEnd = 1;
  for (let state = 0; state < states; state++) {
    if (state === levelEnd) {
      depth++;
      levelEnd = next;
    }
    firstChild[state] = next;
    const end = to[state] ?? 0;
    let at = from[state] ?? 0;
    // What ends here is shorter than all that goes on, and so sorted before it; the same keyword may be there twice.
    for (; at < end && spellings[at]?.length === depth; at++) keywordLength[state] = depth;
    while (at < end) {
      const shared = spellings[at]?.[depth] ?? 0;
      from[next] = at;
      while (at < end && spellings[at]?.[depth] === shared) at++;
      to[next] = at;
      letter[next] = shared;
      parent[next] = state;
      next++;
    }
  }
  firstChild[states] = states;
  return { states, firstChild, letter, parent, keywordLength };
}

function countStates(sorted: readonly Spelling[]): number {
  let states = 1;
  let previous: Spelling = [];
  for (const spelling of sorted) {
    let shared = 0;
    while (shared < spelling.length && spelling[shared] === previous[shared]) shared++;
    states += spelling.length - shared;
    previous = spelling;
  }
  return states;
}

/** Fallbacks are shorter than their state, so in this order they are known when they are needed. */
function fallbacksOf(trie: Trie): Int32Array {
  const { states, letter, parent } = trie;
  const fallback = new Int32Array(states);
  for (let state = 1; state < states; state++) {
    let candidate = parent[state] ?? 0;
    let shorter = 0;
    while (candidate !== 0 && shorter === 0) {
      candidate = fallback[candidate] ?? 0;
      shorter = childOf(trie, candidate, letter[state] ?? 0);
    }
    fallback[state] = shorter;
  }
  return fallback;
}

function shorterKeywordsOf({ states, keywordLength }: Trie, fallback: Int32Array): Int32Array {
  const shorterKeyword = new Int32Array(states);
  for (let state = 1; state < states; state++) {
    const shorter = fallback[state] ?? 0;
    shorterKeyword[state] = keywordLength[shorter] === 0 ? (shorterKeyword[shorter] ?? 0) : shorter;
  }
  return shorterKeyword;
}

function childrenOfRoot({ firstChild, letter }: Trie, letters: Uint16Array): Int32Array {
  const children = new Int32Array(letters.reduce((most, one) => Math.max(most, one), 0) + 1);
  for (let state = 1; state < (firstChild[1] ?? 0); state++) children[letter[state] ?? 0] = state;
  return children;
}

/** Numbers the letters that occur, and gives every code unit that is one of them in another case the same number. */
function lettersOf(keywords: readonly string[]): Uint16Array {
  const numbers = new Uint16Array(0x10000);
  let last = 0;
  for (const keyword of keywords) {
    for (const unit of foldedUnits(keyword)) if (numbers[unit] === 0) numbers[unit] = ++last;
  }
  const letters = new Uint16Array(0x10000);
  for (let unit = 0; unit < letters.length; unit++) letters[unit] = numbers[foldUnit(unit)] ?? 0;
  return letters;
}

function foldedUnits(keyword: string): number[] {
  const units: number[] = [];
  for (let at = 0; at < keyword.length; at++) {
    const unit = keyword.charCodeAt(at);
    units.push(isLowSurrogate(unit) ? foldLowSurrogate(keyword.charCodeAt(at - 1), unit) : foldUnit(unit));
  }
  return units;
}

function byLetters(a: Spelling, b: Spelling): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) {
    const order = (a[at] ?? 0) - (b[at] ?? 0);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
