import { RE2JS, RE2JSException } from 're2js';
import { ImError } from '../errors.ts';
import { lookAheadsOf } from './pattern-look-ahead.ts';
import { sourceOf, type Token, tokenize, UnsupportedPattern } from './pattern-tokens.ts';

export type TextTest = (text: string) => boolean;

/** Longer than any search text; short enough that compiling is never worth a thought. */
export const MAX_PATTERN_LENGTH = 1000;

/**
 * Compiles a `$regex` with its `$options` (any of `i`, `m`, `x`, `s`) into a test that finds the pattern anywhere
 * in a text, in time linear to the text whatever the pattern is. The spelling is PCRE's, `\Q…\E` included; why not
 * everything PCRE can do is in `docs/decisions/0004-query-language.md`.
 *
 * @example
 * compilePattern('^\\Qa.b\\E', '')('a.bc');        // true
 * compilePattern('^((?!spam).)*$', 'i')('no SPAM'); // false
 * @throws ImError CONVERSATION_QUERY_FAILED where the pattern is malformed or cannot be matched in bounded time
 */
export function compilePattern(pattern: string, options: string): TextTest {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw refusal(`A pattern may have at most ${MAX_PATTERN_LENGTH} characters, not ${pattern.length}.`);
  }
  const inline = /^\(\?([imsx]+)\)/.exec(pattern);
  const flags = options + (inline?.[1] ?? '');
  const unknown = /[^imsx]/.exec(options);
  if (unknown !== null)
    throw refusal(`"${unknown[0]}" is no regular-expression option; there are i, m, x and s.`);
  try {
    return compileTokens(tokenize(pattern.slice(inline?.[0].length ?? 0), flags.includes('x')), flags);
  } catch (error) {
    if (!(error instanceof UnsupportedPattern) && !(error instanceof RE2JSException)) throw error;
    throw refusal(`The regular expression ${JSON.stringify(pattern)} cannot be used: ${error.message}`);
  }
}

function compileTokens(tokens: readonly Token[], flags: string): TextTest {
  const parts = lookAheadsOf(tokens, flags);
  const matches = plainText(parts.rest, flags) ?? linear(parts.rest, flags).test;
  if (parts.conditions.length === 0) return matches;
  const conditions = parts.conditions.map(({ tokens: sought, where, negative }): TextTest => {
    const expression = linear(sought, flags).expression;
    if (where === 'start') return (text) => expression.test(text) !== negative;
    // A match at the very end has no character left to be in front of.
    return (text) => {
      const matcher = expression.matcher(text);
      return !(matcher.find() && matcher.start() < text.length);
    };
  });
  return (text) => matches(text) && conditions.every((holds) => holds(text));
}

function linear(
  tokens: readonly Token[],
  flags: string,
): { readonly expression: RE2JS; readonly test: TextTest } {
  const behind = tokens.some(({ text }) => text === '(?<=' || text === '(?<!');
  const expression = RE2JS.compile(
    sourceOf(tokens),
    (flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) |
      (flags.includes('m') ? RE2JS.MULTILINE : 0) |
      (flags.includes('s') ? RE2JS.DOTALL : 0) |
      (behind ? RE2JS.LOOKBEHINDS : 0),
  );
  return { expression, test: (text) => expression.test(text) };
}

/**
 * Nearly every pattern comes from an SDK's prefix, suffix or contains helper. Those need no engine, and JavaScript's
 * own search is many times faster.
 */
function plainText(tokens: readonly Token[], flags: string): TextTest | undefined {
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
  const sought = inner.map(({ text }) => text).join('');
  if (atStart) return atEnd ? (text) => text === sought : (text) => text.startsWith(sought);
  return atEnd ? (text) => text.endsWith(sought) : (text) => text.includes(sought);
}

function isAnything(set: Token | undefined, repeat: Token | undefined): boolean {
  return set?.kind === 'set' && set.text === '.' && repeat?.kind === 'repeat' && /^\*\??$/.test(repeat.text);
}

function refusal(sentence: string): ImError {
  return new ImError('CONVERSATION_QUERY_FAILED', sentence);
}
