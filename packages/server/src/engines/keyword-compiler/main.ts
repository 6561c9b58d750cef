// The thread in which one list of keywords is compiled. What comes of it is handed over without being copied.
import { parentPort, workerData } from 'node:worker_threads';
import { DataError } from '../../domain/errors.ts';
import { compileKeywords } from '../../domain/keyword-filter/compile-keywords.ts';
import type { Compiled } from './compiled.ts';

const compiled = compile(workerData as string);
const { automaton } = 'refused' in compiled ? {} : compiled;
parentPort?.postMessage(
  compiled,
  Object.values(automaton ?? {}).map((array) => array.buffer),
);

function compile(file: string): Compiled {
  try {
    return compileKeywords(file);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { refused: { reason: error.reason, detail: error.detail } };
  }
}
