import { DataError } from '../errors.ts';

/** Keywords of one app. */
export const MAX_KEYWORDS = 100_000;
/** Code units of one keyword. */
export const MAX_KEYWORD_LENGTH = 100;
/** Bytes of the file. */
export const MAX_LIST_BYTES = 4 * 1024 * 1024;

const BYTE_ORDER_MARK = '\ufeff';
/** What a decoder puts where bytes are no UTF-8. */
const REPLACEMENT = '\ufffd';

/**
 * The keywords of a file, one a line, in its order. Blank lines and a byte order mark are nothing, and neither are
 * spaces around a keyword; those inside belong to it (D-19).
 *
 * @throws DataError BAD_ARGUMENT, TOO_LARGE
 */
export function readKeywordList(file: string): readonly string[] {
  if (Buffer.byteLength(file) > MAX_LIST_BYTES) {
    throw new DataError('TOO_LARGE', `A list of keywords has at most ${MAX_LIST_BYTES} bytes.`);
  }
  const text = file.startsWith(BYTE_ORDER_MARK) ? file.slice(1) : file;
  const keywords = new Set<string>();
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const keyword = line.trim();
    if (keyword === '') continue;
    const problem = problemOf(keyword);
    if (problem !== undefined) throw new DataError('BAD_ARGUMENT', `Line ${index + 1} ${problem}`);
    keywords.add(keyword);
  }
  if (keywords.size > MAX_KEYWORDS) {
    throw new DataError(
      'BAD_ARGUMENT',
      `The list has ${keywords.size} keywords; ${MAX_KEYWORDS} are allowed.`,
    );
  }
  return [...keywords];
}

function problemOf(keyword: string): string | undefined {
  if (keyword.includes(REPLACEMENT)) return 'is not UTF-8: save the file in that encoding.';
  if (keyword.length <= MAX_KEYWORD_LENGTH) return undefined;
  return `has ${keyword.length} characters; a keyword has at most ${MAX_KEYWORD_LENGTH}.`;
}
