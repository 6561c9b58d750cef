import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const ROOT = join(HERE, '../..');
const FOLDER = join(HERE, `plugin-types-${process.pid}`);
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** Apart, so that nobody takes these texts for imports of this file. */
const IMPORT = ['import { definePlugin, readText } ', 'from ', "'@parley/server/plugin';\n"].join('');

const define = (rest: string) => `${IMPORT}export default definePlugin({ api: 1, name: 'x', ${rest} });\n`;

/** What the compiler is to see wrong, marked in the line after. */
const MISTAKES: Readonly<Record<string, string>> = {
  'another version': `${IMPORT}export default definePlugin({
    // @ts-expect-error
    api: 2,
    name: 'x', start: () => ({}) });\n`,
  'no handlers': define(`
    // @ts-expect-error
    start: () => {}`),
  'a hook that is none': define(`start: () => ({ before: {
    // @ts-expect-error
    messageRecieved() {} } })`),
  'an answer of another hook': define(`start: () => ({ before: {
    // @ts-expect-error
    messageReceived() { return { reject: true }; } } })`),
  'a verdict that is a text': define(`start: () => ({ before: {
    // @ts-expect-error
    messageReceived() { return { drop: 'yes' }; } } })`),
  'a change of what cannot change': define(`start: () => ({ before: {
    // @ts-expect-error
    messageReceived(message) { message.content = ''; } } })`),
  'content that may be bytes': define(`start: () => ({ after: {
    // @ts-expect-error
    messageSent({ content }) { return content.toUpperCase(); } } })`),
  'a message without its sender': define(`start: () => ({ after: {
    // @ts-expect-error
    messageSent: (message, app) => app.sendMessage({ conversation: 'c', content: 'x' }) } })`),
  'options that were not read': define(`
    options: () => ({ words: ['x'] }),
    // @ts-expect-error
    start: (parley, { word }) => { parley.log.info(word); return {}; }`),
};

/** What it is to find right without a word about types. */
const RIGHT: Readonly<Record<string, string>> = {
  'all there is': define(`
    options: () => ({ words: ['x'] }),
    async start(parley, { words }) {
      parley.log.warn(parley.appIds.join(), { words });
      return {
        before: {
          messageReceived({ content, receivers }) {
            if (readText(content) === words[0]) return { drop: true, code: 1 };
            return { content: new Uint8Array(), receivers: receivers.slice(1) };
          },
          async messageUpdate({ recall }) { if (!recall) return { content: 'x' }; return undefined; },
          receiversOffline: ({ offline }) => ({ receivers: offline.slice(0, 1), content: { alert: 'x' }, force: true }),
          conversationStart: ({ attributes }) => ({ attributes: { ...attributes, n: 1 } }),
          conversationAdd() {},
          conversationRemove: async ({ members }) => (members.length > 1 ? { reject: true, detail: 'x' } : undefined),
          conversationUpdate: (update) => ('muted' in update ? { muted: !update.muted } : { attributes: {} }),
          clientSign: ({ username }) => (username === 'x' ? { refuse: true } : undefined),
        },
        after: { clientOffline: ({ how, cause }) => parley.log.debug(cause ?? how) },
        stop: async () => {},
      };
    }`),
  'no options': define('start: (_parley, options) => { options satisfies undefined; return {}; }'),
};

async function compile(texts: Readonly<Record<string, string>>): Promise<string> {
  mkdirSync(FOLDER, { recursive: true });
  for (const [index, [name, text]] of Object.entries(texts).entries()) {
    writeFileSync(join(FOLDER, `text-${index}.ts`), `// ${name}\n${text}`);
  }
  const settings = {
    extends: '../../../tsconfig.json',
    compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
    include: ['*.ts'],
    exclude: [],
  };
  writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(settings));
  return promisify(execFile)(process.execPath, [TSC, '--project', FOLDER], { cwd: FOLDER }).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  );
}

beforeAll(() => rmSync(FOLDER, { recursive: true, force: true }));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

describe('the types of plug-ins', () => {
  it('[F-MOD-02] know every hook, and the examples of guide and source compile', async () => {
    const guide = readFileSync(join(ROOT, 'docs/guides/plugins.md'), 'utf8');
    const blocks = [...guide.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
    const source = readFileSync(join(HERE, 'src/plugins/plugin.ts'), 'utf8');
    const examples = [...source.matchAll(/^ *\* @example\n((?:.*\n)(?: *\*(?! @|\/).*\n)*)/gm)].map(
      ([, code = '']) => IMPORT + code.replaceAll(/^ *\* ?/gm, ''),
    );
    expect([blocks.length, examples.length]).toEqual([3, 1]);
    expect(
      await compile({ ...RIGHT, ...MISTAKES, ...Object.fromEntries([...blocks, ...examples].entries()) }),
    ).toBe('');
  }, 60_000);
});
