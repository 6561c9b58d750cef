import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImError } from '../errors.ts';
import { compilePattern } from './pattern.ts';

function finds(pattern: string, text: string, options = ''): boolean {
  return compilePattern(pattern, options).test(text);
}

/** What the SDKs make of a text to search for. */
function quoted(text: string): string {
  return `\\Q${text.replaceAll('\\E', '\\E\\\\E\\Q')}\\E`;
}

const special = fc.string({
  unit: fc.constantFrom('a', 'B', '.', '\\', 'E', 'Q', '*', '$', '^', ' ', '#', '😀', '\n'),
});

describe('quoted text', () => {
  it('[F-CONV-53] finds any text literally, whatever characters it has', () => {
    fc.assert(
      fc.property(special, special, fc.constantFrom('', 'i', 'm', 's', 'x'), (sought, text, options) => {
        const fold = (value: string) => (options === 'i' ? value.toLowerCase() : value);
        expect(finds(quoted(sought), text, options)).toBe(fold(text).includes(fold(sought)));
        expect(finds(`^${quoted(sought)}`, text, options === 'm' ? '' : options)).toBe(
          fold(text).startsWith(fold(sought)),
        );
        expect(finds(`${quoted(sought)}$`, text, options === 'm' ? '' : options)).toBe(
          fold(text).endsWith(fold(sought)),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('[F-CONV-53] finds the unquoted forms of other SDKs', () => {
    expect(finds('.*lunch.*', 'our lunch\ntoday')).toBe(true);
    expect(finds('^lunch.*', 'lunch today')).toBe(true);
    expect(finds('.*today$', 'lunch today')).toBe(true);
    expect(finds('.*today$', 'today lunch')).toBe(false);
    expect(finds('lunch\\.', 'lunch.')).toBe(true);
    expect(finds('\\Qunclosed (', 'unclosed (')).toBe(true);
  });
});

describe('options', () => {
  it('[F-CONV-53] ignores case, blanks and line ends as asked', () => {
    expect(finds('STRASSE', 'Strasse', 'i')).toBe(true);
    expect(finds('^b', 'a\nb')).toBe(false);
    expect(finds('^b', 'a\nb', 'm')).toBe(true);
    expect(finds('a.b', 'a\nb')).toBe(false);
    expect(finds('a.b', 'a\nb', 's')).toBe(true);
    expect(finds('a b # the rest\nc', 'abc', 'x')).toBe(true);
    expect(finds('a\\ [ ]b', 'a  b', 'x')).toBe(true);
    expect(finds('(?i)ABC', 'abc')).toBe(true);
    expect(finds('(?x) a b', 'ab')).toBe(true);
  });
});

describe('the spelling of PCRE and JavaScript', () => {
  it.each([
    ['[\\u4e00-\\u9fa5]{2}', '你好'],
    ['\\ud83d\\ude00', '😀'],
    ['\\/a\\-b\\é', '/a-bé'],
    ['[]x]+$', ']x]'],
    ['[^]x]', 'a'],
    ['[[:alpha:]]+[\\Q-]\\E]', 'ab]'],
    ['a\\Z', 'a'],
    ['\\Aa\\hb', 'a\tb'],
    ['(?<year>\\d{4})-(?P<month>\\d\\d)', '2025-06'],
    ['a(?#comment)b', 'ab'],
    ['(?<=@)tom\\b', 'hi @tom!'],
    ['\\p{Han}', '字'],
    ['a\\Rb', 'a\r\nb'],
    ['{a}', '{a}'],
  ])('[F-CONV-53] is understood: %s', (pattern, text) => {
    expect(finds(pattern, text)).toBe(true);
  });

  it.each([
    '(a)\\1',
    '(?>a)',
    'a++',
    'a(?=b)',
    '(?!a)',
    '^(?!a)b|c',
    '^((?!a(?!b)).)*$',
    '(',
    '[',
    '\\',
    'a{2000}',
  ])('is refused with 4310 where nothing can be done: %s', (pattern) => {
    expect(() => compilePattern(pattern, '')).toThrow(ImError);
  });

  it('never fails otherwise', () => {
    const piece = fc.constantFrom(
      ...'a.*+?^$|()[]{}\\-:!=<>,#1Q Epx'.split(''),
      '(?',
      '(?!',
      '(?=',
      '(?<',
      '\\Q',
      '\\E',
      '\\u',
      '{1,2}',
      '[:',
      ':]',
      '😀',
    );
    fc.assert(
      fc.property(
        fc.string({ unit: piece, maxLength: 20 }),
        fc.constantFrom('', 'i', 'x', 'ms'),
        (pattern, options) => {
          try {
            compilePattern(pattern, options).test('a1Q\\E');
          } catch (error) {
            if (!(error instanceof ImError)) throw error;
          }
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe('"does not contain"', () => {
  it('[F-CONV-53] is what the guides tell people to write', () => {
    expect(finds('^((?!spam).)*$', 'lunch')).toBe(true);
    expect(finds('^((?!spam).)*$', 'spam for lunch')).toBe(false);
    expect(finds('^((?!\\Qa.b\\E).)*$', 'a-b')).toBe(true);
    expect(finds('^((?!\\Qa.b\\E).)*$', 'A.B', 'i')).toBe(false);
    expect(finds('^(?:(?!spam|eggs)[\\s\\S])+$', 'bacon\neggs')).toBe(false);
    expect(finds('^(?!.*spam).*$', 'lunch')).toBe(true);
    expect(finds('^(?!.*spam)', 'lunch with spam')).toBe(false);
    expect(finds('^(?=.*a)(?!.*b).{2,}$', 'ac')).toBe(true);
  });

  it('[F-CONV-53] means what JavaScript means by the same look-ahead', () => {
    const inner = fc.constantFrom('a', 'ab', 'a|b', 'b?', 'a$', '^a', 'ab?c', '', '(a|b)c', '.b', '\\bb');
    const set = fc.constantFrom('.', '[\\s\\S]', '[ab]');
    const idiom = fc.oneof(
      fc.tuple(inner, set, fc.constantFrom('*', '+')).map(([x, c, repeat]) => `^((?!${x})${c})${repeat}$`),
      fc.tuple(inner, inner, fc.constantFrom('!', '=')).map(([x, y, sign]) => `^(?${sign}${x})(?!.*${y}).*c`),
    );
    fc.assert(
      fc.property(idiom, fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n') }), (pattern, text) => {
        expect(finds(pattern, text)).toBe(new RegExp(pattern).test(text));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('hostile patterns', () => {
  const texts = [`${'a'.repeat(64_000)}!`, 'ab'.repeat(32_000), 'é'.repeat(30_000)];

  it.each([
    '(a+)+$',
    '(a|a)*$',
    '(a|aa)+$',
    '([a-z]+)*\\d',
    '(.*)*x',
    '(x+x+)+y',
    '^((?!(a+)+$b).)*$',
    '(?<=(a?b?)*c)d',
    '[\\pL]{490}!',
  ])('cannot hold the server up: %s', (pattern) => {
    const started = performance.now();
    for (const options of ['', 'is']) {
      try {
        const { test } = compilePattern(pattern, options);
        for (const text of texts) test(text);
      } catch (error) {
        if (!(error instanceof ImError)) throw error;
      }
    }
    // A backtracking engine would still be at it when the sun goes out; ten seconds allow for a busy machine.
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
