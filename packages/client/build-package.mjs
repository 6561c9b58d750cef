// Makes the package that apps install, in dist/package: JavaScript, declarations and no source to compile.
// Node strips no types inside node_modules, and an app should not need our compiler options.
import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const packages = join(here, '..');
const out = process.argv[2] ?? join(here, 'dist/package');
const entries = { index: 'src/index.ts', cache: 'src/cache/index.ts', server: 'src/server/index.ts' };
const manifest = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await bundle();
declare();
describe();

/** The protocol goes in, because most of it is left out; libraries stay outside. */
async function bundle() {
  await build({
    absWorkingDir: here,
    entryPoints: entries,
    outdir: out,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    external: [
      ...Object.keys(manifest.dependencies).filter((name) => !name.startsWith('@parley/')),
      'node:*',
    ],
    logLevel: 'warning',
  });
}

function declare() {
  const types = join(out, 'types');
  execFileSync(
    process.execPath,
    [
      join(packages, '../node_modules/typescript/bin/tsc'),
      ...['--project', join(here, 'tsconfig.build.json'), '--outDir', types],
    ],
    { stdio: 'inherit' },
  );
  // Declarations that are written by hand or generated are not emitted.
  for (const file of globSync('protocol/src/**/*.d.ts', { cwd: packages })) {
    mkdirSync(dirname(join(types, file)), { recursive: true });
    copyFileSync(join(packages, file), join(types, file));
  }
  for (const file of globSync('**/*.d.ts', { cwd: types })) {
    const text = readFileSync(join(types, file), 'utf8');
    const toProtocol = relative(dirname(file), 'protocol/src') || '.';
    writeFileSync(
      join(types, file),
      text
        .replaceAll(/'@parley\/protocol\/(wire|errors)'/g, `'${toProtocol}/$1.js'`)
        .replaceAll(/"@parley\/protocol\/(wire|errors)"/g, `"${toProtocol}/$1.js"`)
        .replaceAll(/((?:from |import\()['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2'),
    );
  }
}

function describe() {
  const { name, version, description, license, type, sideEffects, dependencies } = manifest;
  const libraries = Object.entries(dependencies).filter(([library]) => !library.startsWith('@parley/'));
  const exports = Object.fromEntries(
    Object.entries(entries).map(([entry, source]) => [
      entry === 'index' ? '.' : `./${entry}`,
      { types: `./types/client/${source.replace(/\.ts$/, '.d.ts')}`, default: `./${entry}.js` },
    ]),
  );
  const published = { name, version, description, license, type, sideEffects, exports };
  writeFileSync(
    join(out, 'package.json'),
    `${JSON.stringify({ ...published, dependencies: Object.fromEntries(libraries) }, undefined, 2)}\n`,
  );
  copyFileSync(join(here, 'README.md'), join(out, 'README.md'));
  copyFileSync(join(packages, '../LICENSE'), join(out, 'LICENSE'));
}
