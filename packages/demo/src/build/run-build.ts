// Builds the page into the folder that is named: `node run-build.ts FOLDER`.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const [outDir = ''] = process.argv.slice(2);

await build({
  root: fileURLToPath(new URL('../page/', import.meta.url)),
  base: '/demo/',
  configFile: false,
  logLevel: 'error',
  build: { outDir, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, modulePreload: false },
});
