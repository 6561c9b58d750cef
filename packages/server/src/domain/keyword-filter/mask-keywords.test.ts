import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findKeywords } from './automaton.ts';
import { buildAutomaton } from './build-automaton.ts';
import { maskKeywords } from './mask-keywords.ts';

const mask = (keywords: readonly string[], text: string) => maskKeywords(buildAutomaton(keywords), text);

describe('masking keywords', () => {
  it('[F-MOD-03] replaces each keyword by three stars, wherever it stands', () => {
    expect(mask(['bad', 'worse'], 'bad, worse, abadoned')).toBe('***, ***, a***oned');
    expect(mask(['敏感', '词'], '这是敏感词。')).toBe('这是******。');
    expect(mask(['two words'], 'say two words!')).toBe('say ***!');
  });

  it('returns the very same text where there is none', () => {
    expect(mask(['bad'], 'ba d')).toBe('ba d');
    expect(mask(['bad'], '')).toBe('');
  });

  it('takes the longest first, and nothing across what is taken', () => {
    expect(mask(['bad', 'badword'], 'badword bad')).toBe('*** ***');
    expect(mask(['ab', 'bcd'], 'abcd')).toBe('a***');
    expect(mask(['ab', 'bc'], 'abc')).toBe('***c');
    expect(mask(['aa'], 'aaaaa')).toBe('******a');
  });

  it('does not care about case, in any script', () => {
    expect(mask(['Straße'], 'STRAẞE straße')).toBe('*** ***');
    expect(mask(['ΣΟΦΟΣ'], 'σοφος Σοφός σοφοσ')).toBe('*** Σοφός ***');
    expect(mask(['спам'], 'СПАМ')).toBe('***');
    expect(mask(['sıkıcı'], 'SIKICI')).toBe('***');
    expect(mask(['sinir'], 'SİNİR')).toBe('***');
    expect(mask(['ǆ'], 'ǅ Ǆ')).toBe('*** ***');
    expect(mask(['𐐨𐐩'], '𐐀𐐁 𐐨𐐁')).toBe('*** ***');
  });

  it('leaves width and accents as they are: they are letters of their own', () => {
    expect(mask(['bad'], 'ｂａｄ bäd')).toBe('ｂａｄ bäd');
  });

  it('does not tear a character apart', () => {
    // Their second halves are the same.
    expect(mask(['😀'], '😀🐀')).toBe('***🐀');
  });

  it('finds what a search for one keyword after the other finds, in texts and lists of every kind', () => {
    const letter = fc.constantFrom(
      'a',
      'b',
      'A',
      'B',
      'c',
      'ß',
      'ς',
      'Σ',
      'σ',
      '敏',
      '😀',
      '𐐀',
      '𐐨',
      'İ',
      'ı',
    );
    const word = fc.string({ unit: letter, minLength: 1, maxLength: 5 });
    const lists = fc.array(word, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(lists, fc.string({ unit: letter, maxLength: 40 }), (keywords, text) => {
        const found = findKeywords(buildAutomaton(keywords), text);
        expect(new Set(found.map(({ start, end }) => `${start}-${end}`))).toEqual(naively(keywords, text));
        expect(mask(keywords, text)).toBe(maskedNaively(keywords, text));
      }),
      { numRuns: 100 },
    );
  });
});

/** By another way than the automaton: what a regular expression takes for the same, and what Turks do. */
function isSame(a: string, b: string): boolean {
  const turkish = (letter: string) => letter.replace(/[İı]/, 'i');
  const pair = `${a}${b}`;
  const known = same.get(pair) ?? new RegExp(`^${turkish(a)}$`, 'iu').test(turkish(b));
  same.set(pair, known);
  return known;
}
const same = new Map<string, boolean>();

function occursAt(keyword: string, text: string, start: number): boolean {
  const [wanted, there] = [[...keyword], [...text.slice(start, start + keyword.length)]];
  return (
    wanted.length === there.length && wanted.every((letter, index) => isSame(letter, there[index] ?? ''))
  );
}

function naively(keywords: readonly string[], text: string): Set<string> {
  const found = new Set<string>();
  for (const keyword of keywords) {
    for (let start = 0; start + keyword.length <= text.length; start++) {
      if (occursAt(keyword, text, start)) found.add(`${start}-${start + keyword.length}`);
    }
  }
  return found;
}

/** Keyword after keyword, from the longest to the shortest, over what is left of the text. */
function maskedNaively(keywords: readonly string[], text: string): string {
  const occurrences = [...naively(keywords, text)].map((name) => name.split('-').map(Number));
  occurrences.sort(([a = 0, b = 0], [c = 0, d = 0]) => d - c - (b - a) || a - c);
  const places: (string | undefined)[] = Array.from(text, () => undefined);
  for (let at = 0; at < text.length; at++) places[at] = text.charAt(at);
  const free = Array.from(places, () => true);
  for (const [start = 0, end = 0] of occurrences) {
    if (!free.slice(start, end).every(Boolean)) continue;
    for (let at = start; at < end; at++) {
      free[at] = false;
      places[at] = at === start ? '***' : '';
    }
  }
  return places.join('');
}
