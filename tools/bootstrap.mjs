// Runs a project command under the project's own Node, installing what is missing first. This file itself must run
// under any Node since 18, with nothing installed: only built-in modules, no TypeScript.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const inRoot = (...parts) => join(root, ...parts);
const node = inRoot('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const stamp = inRoot('node_modules', '.parley-installed');
const lock = inRoot('.installing');

/** What each command runs; arguments of the caller follow. */
const commands = {
  start: ['packages/server/src/app/main.ts'],
  test: ['node_modules/vitest/vitest.mjs', 'run'],
  lint: ['node_modules/@biomejs/biome/bin/biome', 'check'],
  format: ['node_modules/@biomejs/biome/bin/biome', 'check', '--write'],
  typecheck: ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.json'],
  'check-imports': ['tools/check-imports.ts'],
  features: ['tools/features.ts'],
  bench: ['bench/src/main.ts'],
};

const [name, ...args] = process.argv.slice(2);
const command = commands[name];
if (command === undefined)
  fail(`Unknown command "${name ?? ''}". Known: ${Object.keys(commands).join(', ')}.`);

install();
run([...command, ...args]);

function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(inRoot('package-lock.json')))
    .digest('hex');
  const isInstalled = () => existsSync(node) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (isInstalled()) return;
  const release = takeLock(isInstalled);
  if (release === undefined) return;
  try {
    process.stderr.write('Installing dependencies, once. This takes about half a minute …\n');
    const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    });
    if (npm.error !== undefined)
      fail(`npm could not be run (${npm.error.message}). Install npm and try again.`);
    if (npm.status !== 0) fail('npm ci failed; its message is above. Check the network and try again.');
    if (!existsSync(node))
      fail('npm ci did not bring Node. Run it with install scripts allowed and try again.');
    writeFileSync(stamp, wanted);
  } finally {
    release();
  }
}

/** One install at a time. `undefined` where another process did the work while we waited. */
function takeLock(isInstalled) {
  const patience = Date.now() + 10 * 60_000;
  for (;;) {
    try {
      mkdirSync(lock);
      return () => rmSync(lock, { recursive: true, force: true });
    } catch {
      if (isInstalled()) return undefined;
      // A lock that old was left by an install that was killed.
      if (isStale()) rmSync(lock, { recursive: true, force: true });
      else if (Date.now() > patience) fail(`Another install seems stuck. Remove ${lock} and try again.`);
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    }
  }
}

function isStale() {
  try {
    return Date.now() - statSync(lock).mtimeMs > 5 * 60_000;
  } catch {
    return false;
  }
}

function run(argv) {
  const child = spawn(node, argv, { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`Node could not be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGKILL' ? 137 : 1);
  });
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
