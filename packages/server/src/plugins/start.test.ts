import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../domain/app/app.ts';
import type { Apps } from '../domain/ports/apps.ts';
import { HookFailed, type IncomingMessage } from '../domain/ports/hooks.ts';
import { type PluginEntry, Plugins, type PluginsParts, PluginUnusable } from './index.ts';

const apps: Apps = {
  find: () => undefined,
  byKey: () => undefined,
  list: () => [],
  whenChanged: () => {},
};

let folder: string;
let written: string[] = [];
let plugins: Plugins | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-plugins-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(async () => {
  await plugins?.close();
  plugins = undefined;
  written = [];
});

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

function start(entries: readonly PluginEntry[], parts: Partial<PluginsParts> = {}): Promise<void> {
  plugins = new Plugins({
    entries,
    apps,
    whereabouts: {
      presence: { isOnline: () => false },
      rooms: { count: () => 0, sample: () => [] },
    },
    world: () => {
      throw new Error('There is no world in this test.');
    },
    environment: process.env,
    log: (level, plugin, text, fields) => {
      written.push(`${level} ${plugin}: ${text}${fields === undefined ? '' : ` ${JSON.stringify(fields)}`}`);
    },
    ...parts,
  });
  return plugins.start();
}

async function refusalOf(entries: readonly PluginEntry[], parts?: Partial<PluginsParts>): Promise<string> {
  const error = await start(entries, parts).catch((reason: unknown) => reason);
  if (error instanceof PluginUnusable) return error.message;
  throw error instanceof Error ? error : new Error('It was started.');
}

const plugin = (rest: string) => `export default { api: 1, name: 'x', ${rest} };`;

const UNUSABLE: Readonly<Record<string, readonly [text: string, why: string, options?: unknown]>> = {
  'has no default export': [
    'export const plugin = 7;',
    'it has no default export that is a plug-in: write export default definePlugin({ … }).',
  ],
  'is of a later version': [
    "export default { api: 2, name: 'x', start: () => ({}) };",
    'it was written for version 2 of the interface of plug-ins; this Parley has version 1.',
  ],
  'is of no version': [
    "export default { name: 'x', start: () => ({}) };",
    'it does not say for which interface it was written: api: 1.',
  ],
  'has no name for a log': [
    "export default { api: 1, name: 'My Plug-in', start: () => ({}) };",
    'its name must be 1 to 64 small letters, digits and hyphens, not "My Plug-in".',
  ],
  'cannot start': [plugin('start: 7'), 'it has no function "start".'],
  'misspells a hook': [
    plugin('start: () => ({ before: { messageRecieved() {} } })'),
    '"before.messageRecieved" is no hook; known are messageReceived, messageUpdate, receiversOffline, conversationStart, conversationAdd, conversationRemove, conversationUpdate, clientSign.',
  ],
  'returns no handlers': [
    plugin('start: () => {}'),
    'its start must return its handlers, such as { before: { … }, after: { … } }.',
  ],
  'returns handlers of another kind': [
    plugin('start: () => ({ beforehand: {} })'),
    'its start returned "beforehand"; known are before, after and stop.',
  ],
  'throws when it is loaded': ["throw new Error('no luck');", 'loading it failed: no luck'],
  'throws when it starts': [
    plugin("start: async () => { throw new Error('no luck'); }"),
    'its start failed: no luck',
  ],
  'refuses its options': [
    plugin('options: () => { throw new Error(\'"words" is missing.\'); }, start: () => ({})'),
    'its options are refused: "words" is missing.',
  ],
  'takes no options': [
    plugin('start: () => ({})'),
    'the configuration gives it options, and it takes none.',
    { words: [] },
  ],
  'needs a compiler': [
    'enum Word { Spam } export default Word;',
    'loading it failed: TypeScript enum is not supported in strip-only mode',
  ],
  'imports what is not there': [
    "import './nowhere.ts'; export default 7;",
    'loading it failed: Cannot find module',
  ],
  'ends itself': ['process.exit(7);', 'its process ended with code 7.'],
};

describe('a plug-in that cannot be used', () => {
  it.each(Object.keys(UNUSABLE))('[F-MOD-02] because it %s ends the start with a sentence', async (what) => {
    const [text, why, options] = UNUSABLE[what] ?? ['', ''];
    const path = await file(`${what.replaceAll(' ', '-')}.ts`, text);
    const message = await refusalOf([{ path, ...(options !== undefined && { options }) }]);
    expect(message.startsWith(`The plug-in ${path} cannot be used: ${why}`)).toBe(true);
    expect(message.split('\n')).toHaveLength(1);
  });

  it('[F-MOD-02] because it is not there, or never ready, says so too', async () => {
    const path = join(folder, 'nowhere.ts');
    expect(await refusalOf([{ path }])).toBe(`The plug-in ${path} cannot be used: there is no such file.`);
    const endless = await file('endless.ts', plugin('start() { for (;;); }'));
    const impatient = { patience: { startMs: 500 } };
    expect(await refusalOf([{ path: endless }], impatient)).toMatch(/it has not started within 0.5 seconds/);
  });

  it('[F-MOD-02] because another has its name leaves none running', async () => {
    const one = await file('one.js', plugin('start: () => ({})'));
    const two = await file('two.js', plugin('start: () => ({})'));
    expect(await refusalOf([{ path: one }, { path: two }])).toMatch(
      /two\.js cannot be used: another one is called "x" already/,
    );
  });
});

describe('a plug-in that can be used', () => {
  it('[F-MOD-02] lies anywhere, and gets the interface of the server that runs it', async () => {
    const path = await file(
      'typed.ts',
      `import { definePlugin, readText, type Parley } from '@parley/server/plugin';
       export default definePlugin({
         api: 1,
         name: 'typed',
         options: (given): readonly string[] => given as string[],
         start(parley: Parley, words) {
           parley.log.info(\`\${readText('{"_lctype":-1,"_lctext":"hi"}')} \${words.length satisfies number}\`, { words });
           return {};
         },
       });`,
    );
    await start([{ path, options: ['a', 'b'] }]);
    await expect.poll(() => written).toEqual([`info ${path}: hi 2 {"words":["a","b"]}`]);
  });

  it('[F-MOD-02] has its own output in the log, a line for each, and not faster than a log can take', async () => {
    const noisy = `start() { console.log('one\\ntwo'); console.error('three'); return { stop() { console.log('over'); } }; }`;
    await start([{ path: await file('noisy.js', plugin(noisy)) }]);
    await expect
      .poll(() => written.map((line) => line.split(': ').at(-1)).sort())
      .toEqual(['one', 'three', 'two']);
    await plugins?.close();
    expect(written.at(-1)).toBe('info x: over');
  });

  it('[F-MOD-02] is given up where it does not stop in time', async () => {
    const stubborn = 'start: () => ({ stop() { for (;;); } })';
    await start([{ path: await file('stubborn.js', plugin(stubborn)) }], { patience: { stopMs: 200 } });
    await plugins?.close();
    expect(plugins?.hooks).toHaveLength(1);
  });
});

describe('a plug-in that fails with every message', () => {
  const app = { id: 'app', settings: {} } as App;
  const message = { conversation: { id: 'c', kind: 'basic', columns: {} }, body: 'x' } as IncomingMessage;

  it('[F-HOOK-02] is left alone after ten in a row, and the log names it once', async () => {
    const failing = `start: (parley) => ({ before: { messageReceived() {
      parley.log.info('asked');
      throw new Error('no luck');
    } } })`;
    await start([{ path: await file('failing.js', plugin(failing)) }]);
    const ask = plugins?.hooks[0]?.before(app)?.messageReceived;
    const reasons: string[] = [];
    for (let times = 0; times < 15; times++) {
      await ask?.(message).catch((error: unknown) => {
        expect(error).toBeInstanceOf(HookFailed);
        reasons.push(error instanceof Error ? error.message : '');
      });
    }
    expect(reasons).toEqual([
      ...Array.from({ length: 10 }, () => 'no luck'),
      ...Array.from({ length: 5 }, () => 'It failed 10 times in a row and is left alone for a while.'),
    ]);
    expect(written.filter((line) => line === 'info x: asked')).toHaveLength(10);
    expect(written.filter((line) => line.startsWith('error'))).toEqual([
      expect.stringMatching(
        /^error x: The plug-in failed; more of this in the next minute is not told\. no luck/,
      ),
    ]);
  });

  it('[F-HOOK-02] has so long as the configuration says, and other questions do not wait for it', async () => {
    const slow = `start: () => ({ before: { messageReceived({ content }) {
      return content === 'slow' ? new Promise(() => {}) : { drop: true };
    } } })`;
    await start([{ path: await file('slow.js', plugin(slow)), timeoutMs: 3000 }]);
    const ask = plugins?.hooks[0]?.before(app)?.messageReceived;
    const waiting = ask?.({ ...message, body: 'slow' }).catch((error: unknown) => error);
    expect(await ask?.(message)).toEqual({ verdict: 'drop' });
    expect(await waiting).toEqual(new HookFailed('It did not answer within 3000 ms.'));
    expect(await ask?.(message)).toEqual({ verdict: 'drop' });
  });

  it('[F-HOOK-02] is told by its next process what was said while the one before was in doubt', async () => {
    const stuck = `start: (parley) => (parley.log.info('pid ' + process.pid), {
      before: { messageReceived() { process.kill(process.pid, 'SIGSTOP'); } },
      after: { clientOnline({ client }) { parley.log.info(client); } },
    })`;
    const known = { ...apps, byKey: () => app };
    await start([{ path: await file('stuck.js', plugin(stuck)), timeoutMs: 4000 }], { apps: known });
    const processes = () => written.flatMap((line) => /pid (\d+)$/.exec(line)?.[1] ?? []).map(Number);
    await expect.poll(() => processes().length, { timeout: 20_000 }).toBe(1);
    await expect(plugins?.hooks[0]?.before(app)?.messageReceived?.(message)).rejects.toThrow(HookFailed);
    // From now on it is in doubt, for as long as it had for an answer; the next one comes after a second.
    process.kill(processes()[0] ?? 0, 'SIGKILL');
    await expect.poll(() => processes().length, { timeout: 20_000 }).toBe(2);
    plugins?.told({ type: 'client-online', app: 1, at: 0, client: 'Tom', address: '', isReconnect: false });
    await expect.poll(() => written, { timeout: 20_000 }).toContain('info x: Tom');
  }, 60_000);

  it('[F-HOOK-02] loses what is beyond ten thousand events, and says so', async () => {
    const deaf = `start: () => ({ after: { clientOnline({ client }) {
      if (client === 'first') return new Promise(() => {});
    } } })`;
    const known = { ...apps, byKey: () => app };
    await start([{ path: await file('deaf.js', plugin(deaf)) }], { apps: known, patience: { stopMs: 500 } });
    const tell = (client: string) =>
      plugins?.told({ type: 'client-online', app: 1, at: 0, client, address: '', isReconnect: false });
    for (let times = 0; times < 257; times++) tell('first');
    for (let times = 0; times < 12_000; times++) tell('flood');
    // Nothing can have been answered yet: all of it happened in one turn.
    expect(written.some((line) => /Too many events wait .*"dropped":1/.test(line))).toBe(true);
    await plugins?.close();
  });
});
