import type { AppKey } from '../identifiers.ts';
import type { CompiledKeywords, KeywordCompiler } from '../ports/keyword-compiler.ts';
import type { KeywordRepository } from '../ports/keywords.ts';
import type { Automaton } from './automaton.ts';

/** The keywords of every app in the form in which they are searched for. */
export class KeywordFilters {
  readonly #compiler: KeywordCompiler;
  readonly #automatons = new Map<AppKey, Automaton>();

  private constructor(compiler: KeywordCompiler) {
    this.#compiler = compiler;
  }

  /** No message is accepted before its app's list is there. */
  static async load(repository: KeywordRepository, compiler: KeywordCompiler): Promise<KeywordFilters> {
    const filters = new KeywordFilters(compiler);
    for (const app of await repository.apps()) {
      const stored = await repository.read(app);
      if (stored !== undefined) filters.use(app, await compiler.compile(stored.list));
    }
    return filters;
  }

  of(app: AppKey): Automaton | undefined {
    return this.#automatons.get(app);
  }

  /** @throws DataError BAD_ARGUMENT, TOO_LARGE */
  compile(file: string): Promise<CompiledKeywords> {
    return this.#compiler.compile(file);
  }

  /** From the next message on. */
  use(app: AppKey, { automaton }: Pick<CompiledKeywords, 'automaton'>): void {
    if (automaton === undefined) this.#automatons.delete(app);
    else this.#automatons.set(app, automaton);
  }
}
