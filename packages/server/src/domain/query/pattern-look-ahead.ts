import { type Token, UnsupportedPattern } from './pattern-tokens.ts';

/** Something that must, or must not, be found besides the rest of the pattern. */
export interface LookAhead {
  readonly tokens: readonly Token[];
  /** `start`: the tokens begin with an anchor. `anywhere`: the match may begin before any character. */
  readonly where: 'start' | 'anywhere';
  readonly negative: boolean;
}

export interface PatternParts {
  /** What remains to be matched, free of look-ahead. */
  readonly rest: readonly Token[];
  readonly lookAheads: readonly LookAhead[];
}

/**
 * Look-ahead has no linear-time algorithm in general. Two forms of it do, as they are nothing but several patterns
 * that must hold at once, and they are the ones people write to say "does not contain":
 *
 * - `^((?!spam).)*$`: every character fits `.`, and no match of `spam` begins before any of them
 * - `^(?!.*spam)…`, also several in a row and `(?=…)`: the text fits `^…` and does not fit `^.*spam`
 */
export function lookAheadsOf(tokens: readonly Token[], flags: string): PatternParts {
  if (!tokens.some(isLookAhead)) return { rest: tokens, lookAheads: [] };
  // With `m` an anchor may hold at many places, and the parts would have to agree on one.
  const parts = flags.includes('m') ? undefined : (temperedDot(tokens) ?? leadingLookAheads(tokens));
  if (parts === undefined) {
    throw new UnsupportedPattern(
      'look-ahead is understood only as "^((?!text).)*$" or right after a leading "^", and not with option m.',
    );
  }
  return parts;
}

function isLookAhead(token: Token): boolean {
  return token.kind === 'look-ahead';
}

/** `^((?!X).)*$` with any plain group and any set of characters in place of `.` */
function temperedDot(tokens: readonly Token[]): PatternParts | undefined {
  const [start, open, ahead] = tokens;
  const isGroup = open?.text === '(' || open?.text === '(?:';
  if (start?.kind !== 'start' || !isGroup || ahead?.kind !== 'look-ahead' || !ahead.negative)
    return undefined;
  const end = closingOf(tokens, 2);
  if (end === undefined) return undefined;
  const [set, close, repeat, last, ...more] = tokens.slice(end + 1);
  const isIdiom =
    set?.kind === 'set' &&
    close?.kind === 'close' &&
    repeat?.kind === 'repeat' &&
    /^[*+]\??$/.test(repeat.text) &&
    last?.kind === 'end' &&
    more.length === 0;
  const sought = tokens.slice(3, end);
  if (!isIdiom || sought.some(isLookAhead)) return undefined;
  return {
    rest: [start, set, repeat, last],
    lookAheads: [{ tokens: sought, where: 'anywhere', negative: true }],
  };
}

/** `^(?!X)(?=Y)Z` */
function leadingLookAheads(tokens: readonly Token[]): PatternParts | undefined {
  const [start] = tokens;
  if (start?.kind !== 'start') return undefined;
  const lookAheads: LookAhead[] = [];
  let at = 1;
  for (let ahead = tokens[at]; ahead?.kind === 'look-ahead'; ahead = tokens[at]) {
    const end = closingOf(tokens, at);
    if (end === undefined) return undefined;
    const sought = [start, opening, ...tokens.slice(at + 1, end), closing];
    lookAheads.push({ tokens: sought, where: 'start', negative: ahead.negative });
    at = end + 1;
  }
  const rest = tokens.slice(at);
  const nested = [...rest, ...lookAheads.flatMap(({ tokens: sought }) => sought)].some(isLookAhead);
  // A repeated look-ahead, or an alternative that has none, would need another reading.
  if (nested || rest[0]?.kind === 'repeat' || hasOuterBar(rest)) return undefined;
  return { rest: [start, ...rest], lookAheads };
}

const opening: Token = { kind: 'open', text: '(?:' };
const closing: Token = { kind: 'close', text: ')' };

/** Where the group that opens at `from` closes. */
function closingOf(tokens: readonly Token[], from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    depth += depthChange(tokens[at]);
    if (depth === 0) return at;
  }
  return undefined;
}

function hasOuterBar(tokens: readonly Token[]): boolean {
  let depth = 0;
  for (const token of tokens) {
    depth += depthChange(token);
    if (depth === 0 && token.kind === 'bar') return true;
  }
  return false;
}

function depthChange(token: Token | undefined): number {
  if (token?.kind === 'open' || token?.kind === 'look-ahead') return 1;
  return token?.kind === 'close' ? -1 : 0;
}
