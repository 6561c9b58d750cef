import { Worker } from 'node:worker_threads';
import { DataError } from '../../domain/errors.ts';
import type { CompiledKeywords, KeywordCompiler } from '../../domain/ports/keyword-compiler.ts';
import type { Compiled } from './compiled.ts';

/** Compiles in a thread that ends with the list. One list at a time, because each may need a hundred megabytes. */
export function threadedKeywordCompiler(): KeywordCompiler {
  let last: Promise<unknown> = Promise.resolve();
  return {
    compile(file) {
      const next = last.then(() => compileInThread(file));
      last = next.catch(() => {});
      return next;
    },
  };
}

function compileInThread(file: string): Promise<CompiledKeywords> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./main.ts', import.meta.url), { workerData: file });
    worker.once('message', (compiled: Compiled) => {
      if ('refused' in compiled) reject(new DataError(compiled.refused.reason, compiled.refused.detail));
      else resolve(compiled);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`Compiling keywords ended with code ${code}.`)));
  });
}
