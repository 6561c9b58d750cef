// Runs a project command under Node 24, installing what is missing first. This file itself must run under any Node
// since 18, with nothing installed: only built-in modules, no TypeScript.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const inRoot = (...parts) => join(root, ...parts);
const ownNode = inRoot('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
// Types are stripped by WebAssembly, which now and then ends the process when several threads set it up at once
// (nodejs/node#64500). What is cached needs no stripping.
const codeCache = inRoot('node_modules', '.cache', 'node');
const stamp = inRoot('node_modules', '.parley-installed');
const lock = inRoot('.installing');
const lockOwners = join(lock, 'pids');
const WANTED_MAJOR = 24;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** What each command runs; arguments of the caller follow. */
const commands = {
  start: ['packages/server/src/app/main.ts'],
  test: ['node_modules/vitest/vitest.mjs', 'run'],
  conformance: ['node_modules/vitest/vitest.mjs', 'run', 'conformance/'],
  lint: ['node_modules/@biomejs/biome/bin/biome', 'check'],
  format: ['node_modules/@biomejs/biome/bin/biome', 'check', '--write'],
  typecheck: ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.json'],
  'typecheck-client': ['node_modules/typescript/bin/tsc', '--project', 'packages/client'],
  'typecheck-demo': ['node_modules/typescript/bin/tsc', '--project', 'packages/demo'],
  'check-imports': ['tools/check-imports.ts'],
  'check-links': ['tools/check-links.ts'],
  features: ['tools/features.ts'],
  bench: ['bench/src/main.ts'],
};

const [name, ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
if (command === undefined) {
  fail(`Unknown command "${name ?? ''}". Known: ${Object.keys(commands).join(', ')}.`);
}

await install();
run(node(), [...command, ...args]);

async function install() {
  const lockFile = readFileSync(inRoot('package-lock.json'), 'utf8');
  const wanted = createHash('sha256').update(lockFile).digest('hex');
  const isInstalled = () =>
    findNode() !== undefined && (readIfThere(stamp) === wanted || isInstalledByHand(lockFile));
  if (isInstalled()) return;
  const release = takeLock();
  try {
    // Another process may have done the work while this one waited.
    if (isInstalled()) return;
    process.stderr.write('Installing dependencies, once. This takes about half a minute …\n');
    const code = await npmInstall();
    if (code !== 0) fail('npm ci failed; its message is above. Check the network and try again.');
    writeFileSync(stamp, wanted);
  } finally {
    release();
  }
}

function npmInstall() {
  const npm = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    // npm's own report belongs to the diagnostics: the wanted command may print something that is parsed.
    stdio: ['ignore', 2, 2],
    env: { ...process.env, npm_config_update_notifier: 'false' },
    shell: process.platform === 'win32',
  });
  // npm goes on writing when this process is killed, so the lock is its lock too.
  if (npm.pid !== undefined) writeFileSync(lockOwners, `${process.pid} ${npm.pid}`);
  for (const signal of SIGNALS) process.once(signal, () => npm.kill(signal));
  return new Promise((resolve) => {
    npm.on('error', (error) => fail(`npm could not be run (${error.message}). Install npm and try again.`));
    npm.on('exit', (code, signal) => {
      for (const each of SIGNALS) process.removeAllListeners(each);
      if (signal !== null) process.exit(128 + constants.signals[signal]);
      resolve(code);
    });
  });
}

/** Whoever ran `npm install` needs no second installation: npm's own record names every package at its version. */
function isInstalledByHand(lockFile) {
  const record = readIfThere(inRoot('node_modules', '.package-lock.json'));
  if (record === undefined) return false;
  try {
    const there = JSON.parse(record).packages;
    return Object.entries(JSON.parse(lockFile).packages).every(
      ([path, { link, optional, version }]) =>
        !path.includes('node_modules/') || link || optional || there[path]?.version === version,
    );
  } catch {
    return false;
  }
}

/** One installation at a time; `npm ci` starts by removing what another one is writing. */
function takeLock() {
  for (let waited = 0; ; waited++) {
    try {
      mkdirSync(lock);
      writeFileSync(lockOwners, String(process.pid));
      // `fail` ends the process before `finally` is reached.
      const release = () => rmSync(lock, { recursive: true, force: true });
      process.on('exit', release);
      return release;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (isAbandoned()) {
        rmSync(lock, { recursive: true, force: true });
      } else {
        if (waited === 4) process.stderr.write(`Waiting for another installation (${lock}) …\n`);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
      }
    }
  }
}

/** True for the lock of an installation that was killed. */
function isAbandoned() {
  const owners = readIfThere(lockOwners)?.split(' ').map(Number) ?? [];
  try {
    // A lock without an owner is a moment old, unless its owner died in that moment.
    if (owners.length === 0) return Date.now() - statSync(lock).mtimeMs > 10_000;
  } catch {
    return false;
  }
  return !owners.some(isAlive);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function node() {
  const program = findNode();
  if (program !== undefined) return program;
  return fail(
    `Parley runs on Node ${WANTED_MAJOR}. npm brought none for ${process.platform}-${process.arch}, and this is ` +
      `${process.version}. Install Node ${WANTED_MAJOR} (https://nodejs.org) and try again. ` +
      'If npm is told to ignore install scripts, allow them for the package "node" instead.',
  );
}

/** The Node that came with the dependencies, or the machine's own where npm has none for its platform. */
function findNode() {
  if (existsSync(ownNode)) return ownNode;
  return Number.parseInt(process.versions.node, 10) >= WANTED_MAJOR ? process.execPath : undefined;
}

function run(program, argv) {
  const env = { NODE_COMPILE_CACHE: codeCache, ...process.env };
  const child = spawn(program, argv, { cwd: root, stdio: 'inherit', env });
  for (const signal of SIGNALS) forward(signal, child);
  endWithParent(child);
  child.on('error', (error) => fail(`${program} could not be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

/**
 * A server takes a second signal for "at once", so it must see each one exactly as often as it was meant: the terminal
 * sends Ctrl-C to the child as well, and npm repeats to us what the whole process group got.
 */
function forward(signal, child) {
  let last = 0;
  process.on(signal, () => {
    const repeated = Date.now() - last < 500;
    last = Date.now();
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    if (!repeated) child.kill(signal);
  });
}

/** A SIGTERM to npm ends the shell between npm and this process, and nobody tells us. */
function endWithParent(child) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 500);
  watch.unref();
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
