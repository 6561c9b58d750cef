import { RE2JS, RE2JSException } from 're2js';
import { invalidQuery, quote } from './invalid-query.ts';
import { type LookAhead, lookAheadsOf } from './pattern-look-ahead.ts';
import { sourceOf, type Token, tokenize, UnsupportedPattern } from './pattern-tokens.ts';

/** A compiled regular expression, reduced to what a query asks: is it found in this text? */
export interface Pattern {
  readonly test: (text: string) => boolean;
  /** Roughly the number of states; matching takes at most this times the length of the text. */
  readonly size: number;
}

const MAX_PATTERN_LENGTH = 1000;

/** All patterns of a query together. At this size the worst text of 64 KB takes about a second, usual ones microseconds. */
export const MAX_PATTERN_SIZE = 500;

/**
 * Compiles a `$regex` with its `$options` (any of `i`, `m`, `x`, `s`). The pattern is looked for anywhere in a text,
 * in time linear to the text whatever the pattern is. The spelling is PCRE's, `\Q…\E` included; why not everything
 * that PCRE can do is in `docs/decisions/0004-query-language.md`.
 *
 * @example
 * compilePattern('^\\Qa.b\\E', '').test('a.bc');         // true
 * compilePattern('^((?!spam).)*$', 'i').test('no SPAM'); // false
 * @throws ImError CONVERSATION_QUERY_FAILED where the pattern is malformed or cannot be matched in bounded time
 */
export function compilePattern(pattern: string, options: string): Pattern {
  const unknown = /[^imsx]/.exec(options);
  if (unknown !== null) {
    throw invalidQuery(`${quote(unknown[0])} is no regular-expression option; there are i, m, x and s.`);
  }
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw invalidQuery(`A regular expression may have at most ${MAX_PATTERN_LENGTH} characters.`);
  }
  // PCRE lets a pattern begin with its options; RE2 would take all of them but `x`.
  const inline = /^\(\?([imsx]+)\)/.exec(pattern);
  const flags = options + (inline?.[1] ?? '');
  try {
    const compiled = compile(tokenize(pattern.slice(inline?.[0].length ?? 0), flags.includes('x')), flags);
    if (compiled.size > MAX_PATTERN_SIZE) throw new UnsupportedPattern('it repeats too much.');
    return compiled;
  } catch (error) {
    if (!(error instanceof UnsupportedPattern) && !(error instanceof RE2JSException)) throw error;
    const why = error.message.replace('error parsing regexp: ', '');
    throw invalidQuery(`The regular expression ${quote(pattern)} cannot be used: ${why}`);
  }
}

function compile(tokens: readonly Token[], flags: string): Pattern {
  const { rest, lookAheads } = lookAheadsOf(tokens, flags);
  const parts = [
    plainText(rest, flags) ?? linear(rest, flags),
    ...lookAheads.map((lookAhead) => compileLookAhead(lookAhead, flags)),
  ];
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return {
    test: (text) => parts.every((part) => part.test(text)),
    size: parts.reduce((sum, part) => sum + part.size, 0),
  };
}

function compileLookAhead({ tokens, where, negative }: LookAhead, flags: string): Pattern {
  const expression = expressionOf(tokens, flags);
  const size = expression.programSize();
  if (where === 'start') return { test: (text) => expression.test(text) !== negative, size };
  return {
    test: (text) => {
      const matcher = expression.matcher(text);
      // A match at the very end has no character left to be in front of.
      return !(matcher.find() && matcher.start() < text.length);
    },
    size,
  };
}

function linear(tokens: readonly Token[], flags: string): Pattern {
  const expression = expressionOf(tokens, flags);
  return { test: (text) => expression.test(text), size: expression.programSize() };
}

function expressionOf(tokens: readonly Token[], flags: string): RE2JS {
  const looksBehind = tokens.some(({ text }) => text === '(?<=' || text === '(?<!');
  return RE2JS.compile(
    sourceOf(tokens),
    (flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) |
      (flags.includes('m') ? RE2JS.MULTILINE : 0) |
      (flags.includes('s') ? RE2JS.DOTALL : 0) |
      (looksBehind ? RE2JS.LOOKBEHINDS : 0),
  );
}

/**
 * Nearly every pattern comes from an SDK's prefix, suffix or contains helper. Those need no engine, and JavaScript's
 * own search is many times faster.
 */
function plainText(tokens: readonly Token[], flags: string): Pattern | undefined {
  if (flags.includes('i') || flags.includes('m')) return undefined;
  let inner = tokens;
  const atStart = inner[0]?.kind === 'start';
  if (atStart) inner = inner.slice(1);
  // Unanchored, `.*s` finds exactly what `s` finds (Java, C# and Flutter write it so).
  else if (isAnything(inner[0], inner[1])) inner = inner.slice(2);
  const atEnd = inner.at(-1)?.kind === 'end';
  if (atEnd) inner = inner.slice(0, -1);
  else if (isAnything(inner.at(-2), inner.at(-1))) inner = inner.slice(0, -2);
  if (inner.some(({ kind }) => kind !== 'literal')) return undefined;
  return { test: plainTest(inner.map(({ text }) => text).join(''), atStart, atEnd), size: 1 };
}

function plainTest(sought: string, atStart: boolean, atEnd: boolean): (text: string) => boolean {
  if (atStart && atEnd) return (text) => text === sought;
  if (atStart) return (text) => text.startsWith(sought);
  return atEnd ? (text) => text.endsWith(sought) : (text) => text.includes(sought);
}

function isAnything(set: Token | undefined, repeat: Token | undefined): boolean {
  return set?.kind === 'set' && set.text === '.' && repeat?.kind === 'repeat' && /^\*\??$/.test(repeat.text);
}
