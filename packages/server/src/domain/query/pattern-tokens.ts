/**
 * A pattern in pieces just big enough to translate it: what SDKs and apps write is PCRE, what runs is RE2.
 * `text` is RE2 spelling, except for a literal, which is the character itself.
 */
export type Token =
  | { readonly kind: 'literal'; readonly text: string }
  /** Exactly one character out of several: `.`, `\d`, `[a-z]`. */
  | { readonly kind: 'set'; readonly text: string }
  | { readonly kind: 'start' | 'end' | 'repeat' | 'bar' | 'open' | 'close' | 'other'; readonly text: string }
  | { readonly kind: 'look-ahead'; readonly negative: boolean; readonly text: string };

/** A pattern nobody could run in bounded time; the message says which part. */
export class UnsupportedPattern extends Error {
  override readonly name = 'UnsupportedPattern';
}

/** Escapes of PCRE that RE2 spells differently. */
const otherSpelling: Record<string, Token> = {
  Z: { kind: 'end', text: '\\z' },
  z: { kind: 'end', text: '\\z' },
  A: { kind: 'start', text: '\\A' },
  h: { kind: 'set', text: '[ \\t]' },
  N: { kind: 'set', text: '[^\\n]' },
  R: { kind: 'other', text: '(?:\\r\\n|[\\n\\x0b\\f\\r])' },
};

const openings = /\(\?(?:[:>]|<?[=!]|P?<\w+>|[a-zA-Z-]*[:)])|\(/y;
const repeats = /(?:[*+?]|\{\d+(?:,\d*)?\})\??/y;
const comments = /\(\?#[^)]*\)/y;
const hexEscapes = /\\u(?:([0-9a-fA-F]{4})|\{([0-9a-fA-F]{1,6})\})/y;
const surrogateEscapes = /\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})/iy;
const longEscapes = /\\(?:[pP]\{[^}]*\}|[pP]\w|x\{[0-9a-fA-F]+\}|x[0-9a-fA-F]{2}|0[0-7]{0,2})/y;
const posixClass = /\[:\^?\w+:\]/y;

/**
 * Cuts a pattern into tokens. `\Q…\E` becomes literals, and with the option `x` blanks and comments vanish, so
 * nothing after this has to know of either.
 */
export function tokenize(pattern: string, extended: boolean): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;

  function take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = at;
    const match = expression.exec(pattern);
    if (match === null) return undefined;
    at = expression.lastIndex;
    return match;
  }

  /** After `\Q`: everything up to `\E` or the end stands for itself. */
  function takeQuoted(): string {
    const end = pattern.indexOf('\\E', at + 2);
    const quoted = pattern.slice(at + 2, end < 0 ? undefined : end);
    at = end < 0 ? pattern.length : end + 2;
    return quoted;
  }

  /** An escape that means the same within and without brackets, as RE2 source. */
  function takeEscape(): { readonly source: string; readonly literal?: string } {
    const pair = take(surrogateEscapes);
    if (pair !== undefined) {
      const units = [pair[1], pair[2]].map((unit) => Number.parseInt(unit ?? '', 16));
      return { source: String.fromCharCode(...units) };
    }
    const hex = take(hexEscapes);
    if (hex !== undefined) {
      const codePoint = Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
      if (codePoint > 0x10ffff) throw new UnsupportedPattern(`${hex[0]} is no character.`);
      return { source: `\\x{${codePoint.toString(16)}}` };
    }
    const long = take(longEscapes);
    if (long !== undefined) return { source: long[0] };
    const escaped = String.fromCodePoint(pattern.codePointAt(at + 1) ?? 0);
    if (at + 1 >= pattern.length) throw new UnsupportedPattern('it ends with a lone backslash.');
    at += 1 + escaped.length;
    if (/^[1-9k]$/.test(escaped)) {
      throw new UnsupportedPattern('back-references cannot be matched in bounded time.');
    }
    if (escaped === 'e') return { source: '\\x{1b}' };
    return /^[a-zA-Z]$/.test(escaped)
      ? { source: `\\${escaped}` }
      : { source: escapeLiteral(escaped), literal: escaped };
  }

  function takeBrackets(): string {
    let source = pattern.startsWith('[^', at) ? '[^' : '[';
    at += source.length;
    // A bracket that closes right after the opening one is itself a member.
    if (pattern[at] === ']') {
      source += '\\]';
      at++;
    }
    while (at < pattern.length && pattern[at] !== ']') {
      if (pattern.startsWith('\\Q', at)) source += escapeLiteral(takeQuoted());
      else if (pattern.startsWith('\\E', at)) at += 2;
      else if (pattern.startsWith('\\h', at)) {
        source += ' \\t';
        at += 2;
      } else if (pattern[at] === '\\') source += takeEscape().source;
      else {
        const posix = take(posixClass);
        if (posix === undefined && pattern[at] === '[') source += '\\[';
        else source += posix?.[0] ?? pattern[at] ?? '';
        if (posix === undefined) at++;
      }
    }
    if (at >= pattern.length) throw new UnsupportedPattern('a bracket "[" is never closed.');
    at++;
    return `${source}]`;
  }

  function takeOpening(): Token {
    const text = take(openings)?.[0] ?? '(';
    if (text === '(?=' || text === '(?!') return { kind: 'look-ahead', negative: text === '(?!', text };
    // `(?i)` opens nothing.
    return { kind: text.endsWith(')') ? 'other' : 'open', text };
  }

  function takeEscapeToken(): Token {
    const spelling = Object.hasOwn(otherSpelling, pattern[at + 1] ?? '') ? pattern[at + 1] : undefined;
    const token = spelling === undefined ? undefined : otherSpelling[spelling];
    if (token !== undefined) {
      at += 2;
      return token;
    }
    const { source, literal } = takeEscape();
    if (literal !== undefined) return { kind: 'literal', text: literal };
    return { kind: /^\\[dDwWsSpP]/.test(source) ? 'set' : 'other', text: source };
  }

  while (at < pattern.length) {
    const character = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    if (pattern.startsWith('\\Q', at)) {
      for (const quoted of takeQuoted()) tokens.push({ kind: 'literal', text: quoted });
    } else if (pattern.startsWith('\\E', at)) {
      at += 2;
    } else if (character === '\\') {
      tokens.push(takeEscapeToken());
    } else if (character === '[') {
      tokens.push({ kind: 'set', text: takeBrackets() });
    } else if (take(comments) !== undefined) {
      // Comments stand for nothing.
    } else if (character === '(') {
      tokens.push(takeOpening());
    } else if (extended && /\s/.test(character)) {
      at++;
    } else if (extended && character === '#') {
      const end = pattern.indexOf('\n', at);
      at = end < 0 ? pattern.length : end;
    } else {
      const repeat = take(repeats);
      if (repeat === undefined) at += character.length;
      tokens.push(repeat === undefined ? plain(character) : { kind: 'repeat', text: repeat[0] });
    }
  }
  return tokens;
}

function plain(character: string): Token {
  switch (character) {
    case '.':
      return { kind: 'set', text: '.' };
    case '^':
      return { kind: 'start', text: '^' };
    case '$':
      return { kind: 'end', text: '$' };
    case '|':
      return { kind: 'bar', text: '|' };
    case ')':
      return { kind: 'close', text: ')' };
    default:
      return { kind: 'literal', text: character };
  }
}

/** The tokens as one RE2 pattern. */
export function sourceOf(tokens: readonly Token[]): string {
  return tokens.map((token) => (token.kind === 'literal' ? escapeLiteral(token.text) : token.text)).join('');
}

function escapeLiteral(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}-]/g, '\\$&');
}
