import type { DataErrorReason } from '../../domain/errors.ts';
import type { CompiledKeywords } from '../../domain/ports/keyword-compiler.ts';

/** Worker → main, once. */
export type Compiled =
  | CompiledKeywords
  | { readonly refused: { readonly reason: DataErrorReason; readonly detail?: string | undefined } };
