// Proves that imports point one way: between packages, between the rooms of the server, and towards libraries.
// The tables below are the architecture; a new room or package needs a row here before it can be imported.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scanSource } from './scan-source.ts';

/** What may be imported, and why. A target is a folder or a file without its suffix; it covers what is inside. */
type Arrows = Readonly<Record<string, string>>;

interface Room {
  /** Completes the sentence "domain is …" in a violation. */
  readonly is: string;
  readonly rooms: Arrows;
  /** Where it may take types from, on top of that: words without their deeds. */
  readonly types?: Arrows;
  /** Packages and built-in modules, where only some are allowed; absent means any that is not kept for another room. */
  readonly only?: Arrows;
}

const ANY = '*';

const PACKAGES: Readonly<Record<string, Arrows>> = {
  protocol: {},
  server: {
    protocol: 'the wire and the error table',
    demo: 'the files of the page at `/`, and the people who answer there',
    client: 'how those people reach their server',
  },
  client: { protocol: 'the wire and the error table' },
  demo: { client: 'the page is an app, and apps speak through the SDK' },
  react: { client: 'the kit shows what the SDK knows' },
  console: { react: 'the operator sees what users see', client: 'test messages are sent as a client' },
  testkit: { server: 'it starts a whole server', protocol: 'its client speaks the raw wire' },
  conformance: { testkit: 'a server to test when no URL is given', protocol: 'error codes and raw frames' },
  examples: {
    client: 'an example is an app, and apps speak through the SDK',
    server: 'a plug-in runs inside the server',
    testkit: 'a server for the tests of the examples',
  },
  bench: { testkit: 'a server to measure', protocol: 'load generators encode by hand' },
  tools: {},
};

const QUERIES: Arrows = { 'domain/query': 'with one evaluator, all stores answer a query alike' };
const OUTGOING: Arrows = {
  'engines/outgoing':
    'what the server calls by itself goes to allowed addresses only, and is left alone where it fails',
};

/** Each has a row of its own where it may import more than the others. */
function engine(more: Arrows): Room {
  return {
    is: 'one implementation of the ports each, picked by app',
    rooms: { 'domain/ports': 'the contract an engine fulfils', ...more },
    types: { domain: 'the words in which the contract is written' },
  };
}

const ROOMS: Readonly<Record<string, Room>> = {
  index: {
    is: 'the face of the package, for programs that embed the server',
    rooms: { [ANY]: 'it re-exports what embedders may use' },
  },
  app: {
    is: 'the composition root',
    rooms: { [ANY]: 'the only room that picks implementations' },
  },
  config: {
    is: 'the description of every deployment option',
    rooms: { 'domain/errors': 'a bad option is refused like anything else' },
  },
  gateway: {
    is: 'sockets and frames: it knows bytes, not chat',
    rooms: {
      session: 'a connection belongs to a speaker',
      commands: 'a decoded command is handed on',
      config: 'its limits are deployment options',
    },
  },
  session: {
    is: 'who speaks on a connection',
    rooms: { domain: 'login is an act of the domain', pushes: 'missed events are pushed at login' },
  },
  commands: {
    is: 'the translation of wire commands to domain words and back',
    rooms: {
      domain: 'every command is one act of the domain',
      session: 'a command is said by someone',
      pushes: 'answers and pushes share wire values',
    },
  },
  rest: {
    is: 'the translation of HTTP requests to domain words and back',
    rooms: { domain: 'every request is one act of the domain' },
  },
  'console-api': {
    is: 'the endpoints of the operator console',
    rooms: { domain: 'every request is one act of the domain' },
  },
  metrics: {
    is: 'what a monitoring system reads: it asks the other rooms through what app hands it',
    rooms: {},
  },
  domain: {
    is: 'what instant messaging means, whatever carries or stores it',
    rooms: {},
    only: {
      '@parley/protocol/errors': 'refusals carry the codes of the error table',
      'node:crypto': 'signatures and ids; pure computation',
      re2js: 'patterns of clients, in time linear in the text',
      typebox: 'one schema of the app settings gives type, checks and reference page',
      'typebox/value': 'the checks that follow from the schema',
    },
  },
  plugins: {
    is: 'the translation between plug-ins and domain words, and what keeps plug-ins from hurting the server',
    rooms: {
      domain: 'a plug-in is asked by verbs, and what it does is an act of the domain',
      'engines/outgoing': 'one that fails is left alone, and complained of, as an engine over HTTP is',
    },
  },
  outbox: {
    is: 'the way of committed events into lane 2',
    rooms: { domain: 'events are words of the domain' },
  },
  reactions: {
    is: 'what happens because of a committed event',
    rooms: {
      domain: 'events are words of the domain',
      pushes: 'an event becomes pushes',
      session: 'pushes go to live sessions',
    },
  },
  pushes: {
    is: 'the encoding of events for clients',
    rooms: { domain: 'events are words of the domain' },
  },
  jobs: {
    is: 'what time drives',
    rooms: { domain: 'every job is one act of the domain' },
  },
  engines: engine({}),
  'engines/store-memory': engine(QUERIES),
  'engines/store-sqlite': engine(QUERIES),
  'engines/keyword-compiler': engine({
    'domain/keyword-filter': 'a pure computation, done in a thread of its own',
    'domain/errors': 'what cannot be compiled is refused in the words of the domain',
  }),
  'engines/hooks-http': engine({
    'domain/hook/hook-answers': 'what an answer may hold is one rule, whoever gives it',
    'domain/hook/receivers': 'hooks are named the same receivers before and after, whoever has them',
    ...OUTGOING,
  }),
  'engines/webhooks-http': engine(OUTGOING),
};

/** Libraries that belong to some rooms alone, by name or scope. */
const KEPT: Readonly<Record<string, { readonly rooms: readonly string[]; readonly because: string }>> = {
  ws: { rooms: ['gateway'], because: 'everybody else speaks through a connection of the session room' },
  fastify: { rooms: ['gateway', 'rest', 'console-api'], because: 'HTTP stops at the edge' },
  '@fastify': { rooms: ['gateway', 'rest', 'console-api'], because: 'HTTP stops at the edge' },
  'node:sqlite': {
    rooms: ['engines/store-sqlite'],
    because: 'what is stored where is decided behind the store port',
  },
  '@parley/client': { rooms: ['app'], because: 'the server is no client, except for the people of its page' },
  '@parley/demo': { rooms: ['app'], because: 'the page is no part of the service' },
  'prom-client': {
    rooms: ['metrics'],
    because: 'the rooms count for themselves, so that counting costs them an addition',
  },
  '@parley/protocol': {
    rooms: ['app', 'gateway', 'session', 'commands', 'pushes'],
    because: 'wire words stop at commands and pushes; elsewhere import @parley/protocol/errors at most',
  },
};

/** Rooms that load what a configuration names. */
const LOADERS = ['app', 'plugins'];

/** What tests may import beyond their room: a server to talk to, and the engine that needs nothing of the machine. */
const TEST_ROOMS: Arrows = { 'engines/store-memory': 'the store of tests' };
const TEST_PACKAGES: Arrows = { testkit: 'a server to talk to', protocol: 'raw frames and error codes' };

/** Tests, contract suites, and what only they use. */
const TEST_FILE = /\.(test|contract)\.ts$|\/(test|testing)\//;
const SERVER = 'packages/server/src/';
const SOURCES = [
  'packages/*/{src,test}/**/*.{ts,tsx}',
  'conformance/**/*.ts',
  'examples/**/*.ts',
  'bench/**/*.ts',
  'tools/**/*.ts',
];

export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly sentence: string;
}

interface Import {
  /** `undefined` where it is computed. */
  readonly specifier: string | undefined;
  readonly isType: boolean;
  readonly line: number;
}

/** Every import, re-export, dynamic import and require of a source text, types included. */
export function readImports(text: string): Import[] {
  const { code, literals } = scanSource(text);
  const found: Import[] = [];
  const statements =
    /(?:\b(?:import|export)\s+(type)\s[^;"]*?)?(?<=[\w$}*]\s*)\bfrom\s*"(\d+)"|\bimport\s*"(\d+)"|(?<!\.)\b(?:import|require)\s*\(\s*(?:"(\d+)"\s*[,)])?/g;
  for (const match of code.matchAll(statements)) {
    const [, type, ...numbers] = match;
    const literal = literals[Number(numbers.find((number) => number !== undefined))];
    const line = literal?.line ?? code.slice(0, match.index).split('\n').length;
    found.push({ specifier: literal?.text, isType: type !== undefined, line });
  }
  return found;
}

/**
 * @param file from the root of the repository, with forward slashes
 * @param declared the names of the packages that the file's own manifest and, for tests, the root's declare
 */
export function checkFile(file: string, text: string, declared: (name: string) => boolean): Violation[] {
  const isTest = TEST_FILE.test(file);
  const owner = packageOf(file);
  const room = file.startsWith(SERVER) ? roomOf(file) : undefined;
  const violations: Violation[] = [];

  for (const { specifier, isType, line } of readImports(text)) {
    const sentence =
      specifier === undefined
        ? computed()
        : specifier.startsWith('.') || specifier.startsWith('/')
          ? byPath(specifier, isType)
          : byName(specifier);
    if (sentence !== undefined) violations.push({ file, line, sentence });
  }
  if (!Object.hasOwn(PACKAGES, owner)) {
    violations.push({
      file,
      line: 1,
      sentence: `${owner} is no package of the table in tools/check-imports.ts.`,
    });
  }
  if (room !== undefined && ruleOf(room) === undefined) {
    violations.push({
      file,
      line: 1,
      sentence: `${room} is no room of the table in tools/check-imports.ts.`,
    });
  }
  return violations;

  function computed(): string | undefined {
    if (room !== undefined && !LOADERS.includes(room) && !isTest) {
      return 'a computed import cannot be checked; only app and plugins may load what a configuration names.';
    }
    return undefined;
  }

  function byPath(specifier: string, isType: boolean): string | undefined {
    const target = posix.join(posix.dirname(file), specifier);
    if (specifier.startsWith('/') || folderOf(target) !== folderOf(file)) {
      return `"${specifier}" leaves the package; import another package by its name.`;
    }
    if (!isTest && TEST_FILE.test(target)) return `"${specifier}" is for tests only.`;
    if (room === undefined || !target.startsWith(SERVER)) return undefined;
    const rule = ruleOf(room);
    const targetRoom = roomOf(target);
    if (rule === undefined || room === targetRoom) return undefined;
    const path = target.slice(SERVER.length).replace(/\.\w+$/, '');
    if (allows(rule.rooms, path) || (isType && allows(rule.types ?? {}, path))) return undefined;
    if (isTest && allows(TEST_ROOMS, path)) return undefined;
    const types = rule.types === undefined ? '' : `, and types from ${listed(rule.types)}`;
    return `${room} → ${path}: ${room} is ${rule.is}. It may import ${listed(rule.rooms)}${types}.`;
  }

  function byName(specifier: string): string | undefined {
    const name = packageName(specifier);
    const sibling = /^@parley\/(.*)$/.exec(name)?.[1];
    if (sibling !== undefined) {
      // A test sees its own package as others do.
      if (isTest && (sibling === owner || allows(TEST_PACKAGES, sibling))) return undefined;
      const allowed = PACKAGES[owner] ?? {};
      if (!allows(allowed, sibling)) return `${owner} → ${sibling}: ${owner} may import ${listed(allowed)}.`;
    }
    if (isTest && declared(name)) return undefined;
    if (room !== undefined) {
      const sentence = byRoom(room, specifier);
      if (sentence !== undefined) return sentence;
    }
    if (specifier.startsWith('node:') || declared(name)) return undefined;
    return `${name} is not among the dependencies of ${folderOf(file)}/package.json.`;
  }
}

function byRoom(room: string, specifier: string): string | undefined {
  const rule = ruleOf(room);
  if (rule?.only !== undefined) {
    if (Object.hasOwn(rule.only, specifier)) return undefined;
    return `${room} → ${specifier}: ${room} is ${rule.is}. It may import ${listed(rule.only)}.`;
  }
  const kept = KEPT[specifier] ?? KEPT[specifier.split('/')[0] ?? ''];
  if (kept === undefined || kept.rooms.includes(room)) return undefined;
  return `${room} → ${specifier}: kept for ${kept.rooms.join(', ')}; ${kept.because}.`;
}

/** `gateway`, `engines/store-sqlite`, or `index` for a file that lies in no room. */
function roomOf(file: string): string {
  const parts = file.slice(SERVER.length).split('/');
  if (parts.length === 1) return (parts[0] ?? '').replace(/\.\w+$/, '');
  return parts[0] === 'engines' ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

function ruleOf(room: string): Room | undefined {
  const name = [room, room.split('/')[0] ?? ''].find((candidate) => Object.hasOwn(ROOMS, candidate));
  return name === undefined ? undefined : ROOMS[name];
}

function allows(arrows: Arrows, path: string): boolean {
  return Object.keys(arrows).some((to) => to === ANY || path === to || path.startsWith(`${to}/`));
}

function listed(arrows: Arrows): string {
  const rows = Object.entries(arrows).map(([to, because]) => `${to} (${because})`);
  return rows.length === 0 ? 'nothing but itself' : rows.join(', ');
}

/** Folders whose folders have a manifest each. */
const SHELVES = ['packages', 'examples'];

/** The folder that holds the manifest. */
function folderOf(file: string): string {
  const parts = file.split('/');
  return parts.slice(0, SHELVES.includes(parts[0] ?? '') ? 2 : 1).join('/');
}

/** Its row in the table; all examples share one. */
function packageOf(file: string): string {
  return file.startsWith('examples/') ? 'examples' : folderOf(file).replace(/^packages\//, '');
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The names that a manifest declares; tests and the unpublished folders also use the tools that the root installs. */
function declaredIn(root: string, file: string): (name: string) => boolean {
  const folder = folderOf(file);
  const isPublished = folder.startsWith('packages/') && !TEST_FILE.test(file);
  const manifests = [
    join(root, folder, 'package.json'),
    ...(isPublished ? [] : [join(root, 'package.json')]),
  ];
  const names = new Set(manifests.flatMap((path) => namesIn(path, !isPublished)));
  return (name) => names.has(name);
}

function namesIn(path: string, withTools: boolean): string[] {
  if (!existsSync(path)) return [];
  const manifest: Readonly<Record<string, unknown>> = JSON.parse(readFileSync(path, 'utf8'));
  const tables = ['dependencies', 'peerDependencies', 'optionalDependencies'];
  if (withTools) tables.push('devDependencies');
  return tables.flatMap((table) => Object.keys(manifest[table] ?? {}));
}

export function checkImports(root: string): { readonly files: number; readonly violations: Violation[] } {
  const files = globSync(SOURCES, { cwd: root, exclude: (path) => path.includes('node_modules') })
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
  const violations = files.flatMap((file) =>
    checkFile(file, readFileSync(join(root, file), 'utf8'), declaredIn(root, file)),
  );
  return { files: files.length, violations };
}

if (import.meta.main) {
  const { files, violations } = checkImports(dirname(dirname(fileURLToPath(import.meta.url))));
  for (const { file, line, sentence } of violations) console.error(`${file}:${line}: ${sentence}`);
  if (files === 0) console.error('No source file was found.');
  if (violations.length > 0 || files === 0) process.exit(1);
  console.log(`The imports of ${files} files keep the arrows.`);
}
