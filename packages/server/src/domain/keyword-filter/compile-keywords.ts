import type { CompiledKeywords } from '../ports/keyword-compiler.ts';
import { buildAutomaton } from './build-automaton.ts';
import { readKeywordList } from './keyword-list.ts';

/** @throws DataError BAD_ARGUMENT, TOO_LARGE */
export function compileKeywords(file: string): CompiledKeywords {
  const keywords = readKeywordList(file);
  return {
    list: keywords.join('\n'),
    count: keywords.length,
    ...(keywords.length > 0 && { automaton: buildAutomaton(keywords) }),
  };
}
