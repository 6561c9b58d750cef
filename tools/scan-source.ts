/** A string literal, or the literal pieces of a template, with what stands in front of it. */
export interface Literal {
  readonly text: string;
  readonly line: number;
  /** False for a piece of a template that an expression follows. */
  readonly isEnd: boolean;
  /** The end of the code before the literal: enough to see whose argument it is. */
  readonly before: string;
}

export interface Source {
  /** The code without comments; literal number n stands as `"n"`. */
  readonly code: string;
  readonly literals: readonly Literal[];
}

const BEFORE_LENGTH = 2000;
/** After one of these, a slash starts a regular expression rather than a division. */
const BEFORE_REGEX =
  /(^|[([{},;=:?!&|+\-*%<>~^]|\b(return|typeof|case|in|of|do|else|void|throw|yield|await))\s*$/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', 0: '\0' };

/** Separates code, literals and comments, so that a pattern over the code cannot match inside the other two. */
export function scanSource(text: string): Source {
  const literals: Literal[] = [];
  /** Depth of braces inside each template expression that is open. */
  const expressions: number[] = [];
  let code = '';
  let at = 0;
  let line = 1;

  while (at < text.length) {
    const char = text.charAt(at);
    const pair = text.slice(at, at + 2);
    if (pair === '//') at = endOf('\n', 0);
    else if (pair === '/*') keepLines(endOf('*/', 2));
    else if (char === "'" || char === '"') quoted(char);
    else if (char === '`') template();
    else if (char === '/' && BEFORE_REGEX.test(code.slice(-BEFORE_LENGTH))) regex();
    else if (char === '}' && expressions.at(-1) === 0) {
      expressions.pop();
      template();
    } else {
      const open = expressions.length - 1;
      if (open >= 0 && char === '{') expressions[open] = (expressions[open] ?? 0) + 1;
      if (open >= 0 && char === '}') expressions[open] = (expressions[open] ?? 0) - 1;
      if (char === '\n') line++;
      code += char;
      at++;
    }
  }
  return { code, literals };

  function endOf(mark: string, length: number): number {
    const found = text.indexOf(mark, at + length);
    return found < 0 ? text.length : found + length;
  }

  function keepLines(end: number): void {
    const lines = text.slice(at, end).split('\n').length - 1;
    line += lines;
    code += '\n'.repeat(lines);
    at = end;
  }

  function literal(value: string, startLine: number, isEnd = true): void {
    literals.push({ text: value, line: startLine, isEnd, before: code.slice(-BEFORE_LENGTH) });
    code += `"${literals.length - 1}"`;
  }

  function quoted(quote: string): void {
    const startLine = line;
    at++;
    let value = '';
    while (at < text.length && text.charAt(at) !== quote && text.charAt(at) !== '\n') value += character();
    at++;
    literal(value, startLine);
  }

  /** Reads from a backtick, or from the end of an expression, to the next expression or the closing backtick. */
  function template(): void {
    const startLine = line;
    const lineBreaks = () => '\n'.repeat(line - startLine);
    at++;
    let value = '';
    while (at < text.length) {
      if (text.charAt(at) === '`') {
        at++;
        literal(value, startLine);
        code += lineBreaks();
        return;
      }
      if (text.startsWith('${', at)) {
        at += 2;
        literal(value, startLine, false);
        // A plus, so that a name or a specifier in pieces does not look like one whole literal.
        code += `${lineBreaks()}+`;
        expressions.push(0);
        return;
      }
      value += character();
    }
  }

  /** The next character of a literal, escapes resolved as far as names and specifiers need it. */
  function character(): string {
    const char = text.charAt(at++);
    if (char === '\n') line++;
    if (char !== '\\') return char;
    const escaped = text.charAt(at++);
    if (escaped === '\n') line++;
    return ESCAPES[escaped] ?? escaped;
  }

  function regex(): void {
    let inClass = false;
    at++;
    while (at < text.length && text.charAt(at) !== '\n') {
      const char = text.charAt(at++);
      if (char === '\\') at++;
      else if (char === '[') inClass = true;
      else if (char === ']') inClass = false;
      else if (char === '/' && !inClass) break;
    }
    // A stand-in that a following slash can divide.
    code += '0';
  }
}
