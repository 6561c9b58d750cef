import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

describe('the sources of the SDK', () => {
  const { license, exports, files, ...manifest } = JSON.parse(read('packages/client/package.json')) as {
    readonly license: string;
    readonly exports: Readonly<Record<string, string>>;
    readonly files?: readonly string[];
    readonly private?: boolean;
  };

  it('[F-GEN-12] are what apps import, under the licence of the repository, and not kept back', () => {
    expect(license).toBe('Apache-2.0');
    expect(read('LICENSE')).toMatch(/Apache License\s+Version 2\.0/);
    expect(manifest.private).toBeUndefined();
    for (const entry of Object.values(exports)) expect(entry).toMatch(/^\.\/src\/.*\.ts$/);
    // Nothing of it is left out of the package.
    expect(files ?? ['src']).toContain('src');
  });

  it('[F-GEN-12] are all of it: nothing is reached that is not source, of this package or of a library', () => {
    const folder = join(ROOT, 'packages/client/src');
    const sources = globSync('**/*', { cwd: folder }).filter((file) => /\.\w+$/.test(file));
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.filter((file) => !file.endsWith('.ts'))).toEqual([]);
    for (const file of sources) {
      const text = readFileSync(join(folder, file), 'utf8');
      for (const [, target = ''] of text.matchAll(/^(?:import|export)[^;]*? from '(\.[^']+)';/gm)) {
        expect(resolve(join(folder, file), '..', target).startsWith(folder)).toBe(true);
      }
    }
  });
});
