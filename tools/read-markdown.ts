/** What the links and headings of a page say, and what stands in backticks. */
export interface Page {
  readonly links: readonly Place[];
  /** Texts in backticks, code blocks aside. */
  readonly codes: readonly Place[];
  /** What may stand behind `#` in a link to the page. */
  readonly anchors: ReadonlySet<string>;
}

export interface Place {
  readonly text: string;
  readonly line: number;
}

const FENCED = /^ {0,3}(```+|~~~+).*\n(?:[^\n]*\n)*? {0,3}\1[`~]*[ \t]*$/gm;
const COMMENT = /<!--.*?-->/gs;
const CODE = /(?<![\\`])(`+)(?!`)(.*?[^`])\1(?!`)/gs;
/** `](target "title")`, the definition `[name]: target`, and attributes of HTML. */
const LINK =
  /(?<!\\)\]\(\s*(?:<([^>\n]*)>|([^\s()]+))|^ {0,3}\[[^\]\n]+\]:\s*(\S+)|\b(?:href|src)="([^"]*)"/gm;
const HEADING = /^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$/gm;
const NAMED = /<a\s+(?:id|name)="([^"]*)"/g;

/** As much Markdown as it takes to find where a page points. */
export function readMarkdown(text: string): Page {
  const prose = blank(blank(text.replaceAll('\r\n', '\n'), FENCED), COMMENT);
  const places = (pattern: RegExp, found: string): Place[] =>
    [...found.matchAll(pattern)].map((match) => ({
      text: match.slice(1).findLast((group) => group !== undefined) ?? '',
      line: found.slice(0, match.index).split('\n').length,
    }));
  return {
    links: places(LINK, blank(prose, CODE)),
    codes: places(CODE, prose),
    anchors: new Set([
      ...numbered(places(HEADING, prose).map((heading) => slug(heading.text))),
      ...places(NAMED, prose).map((anchor) => anchor.text),
    ]),
  };
}

/** Makes matches invisible without moving what follows them. */
function blank(text: string, pattern: RegExp): string {
  return text.replace(pattern, (match) => match.replace(/[^\n]/g, ' '));
}

/** A heading as GitHub turns it into an anchor: link targets and punctuation go, blanks become hyphens. */
function slug(heading: string): string {
  return heading
    .replace(/\]\([^)]*\)/g, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** The second heading of a name gets `-1`, and so on. */
function numbered(slugs: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return slugs.map((each) => {
    const count = seen.get(each) ?? 0;
    seen.set(each, count + 1);
    return count === 0 ? each : `${each}-${count}`;
  });
}
