import type { Automaton } from '../keyword-filter/automaton.ts';

/** Turns lists of keywords into what finds them, away from the event loop: a long list takes a while. */
export interface KeywordCompiler {
  /**
   * @param file as people write it, one keyword a line
   * @throws DataError BAD_ARGUMENT, TOO_LARGE
   */
  compile(file: string): Promise<CompiledKeywords>;
}

export interface CompiledKeywords {
  /** One keyword a line and nothing else; as a file it says the same again. */
  readonly list: string;
  readonly count: number;
  /** Absent where there are no keywords. */
  readonly automaton?: Automaton;
}
