import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const INDEX = fileURLToPath(new URL('../src/index.ts', import.meta.url));
const KILOBYTE = 1024;

/** What a browser would load for this program, and the files it was made of. */
async function bundle(program: string) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    ...{ bundle: true, minify: true, write: false, metafile: true },
    ...{ format: 'esm', platform: 'browser', target: 'es2022', logLevel: 'silent' },
  });
  const [output] = outputFiles;
  return { size: gzipSync(output?.contents ?? '').length, inputs: Object.keys(metafile.inputs) };
}

describe('the SDK in a browser', () => {
  it('[F-SDK-01] is at most 30 KB with everything in it, compressed', async () => {
    const { size } = await bundle(`export * from ${JSON.stringify(INDEX)}`);
    expect(size).toBeLessThanOrEqual(30 * KILOBYTE);
  });

  it('[F-SDK-01] brings no library along', async () => {
    const { inputs } = await bundle(`export * from ${JSON.stringify(INDEX)}`);
    expect(inputs.filter((input) => input.includes('node_modules/'))).toEqual([]);
  });

  it('[F-SDK-01] leaves out what an app does not use', async () => {
    const { size } = await bundle(`export { ParleyError } from ${JSON.stringify(INDEX)}`);
    expect(size).toBeLessThanOrEqual(KILOBYTE);
  });

  it('[F-SDK-01] has its cache apart, with the one library that needs', async () => {
    const cache = fileURLToPath(new URL('../src/cache/index.ts', import.meta.url));
    const { size, inputs } = await bundle(`export * from ${JSON.stringify(cache)}`);
    expect(size).toBeLessThanOrEqual(4 * KILOBYTE);
    const libraries = inputs.filter((input) => input.includes('node_modules/'));
    expect(libraries.filter((input) => !input.includes('node_modules/idb/'))).toEqual([]);
  });
});
