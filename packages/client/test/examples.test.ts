import { execFile } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import * as client from '../src/index.ts';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const ROOT = join(HERE, '../..');
const FOLDER = join(HERE, `examples-${process.pid}`);
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** What an app around the examples has. */
const AROUND = `
import type * as parley from '@parley/client';
import type { ParleyServer } from '@parley/client/server';
declare global {
  const url: string, appId: string, appKey: string, masterKey: string, secret: string, hookKey: string, news: string, id: string, conversationId: string;
  const headers: Headers, body: string, picture: File, lastSeen: Date, position: parley.Message;
  const client: parley.Client, tom: parley.Client, jerry: parley.Client;
  const chat: parley.BasicConversation, conversation: parley.Conversation, team: parley.BasicConversation;
  const list: parley.LiveMessages, message: parley.Message, platform: parley.Platform, connection: parley.Connection;
  const server: ParleyServer & { url: string; appId: string };
  const wx: parley.MiniProgramApi, input: { files: [File] }, bar: { show(progress: number): void };
  const button: { onclick: () => void };
  function render(items: readonly unknown[]): void;
  function show(what: unknown): void;
  function showBanner(isShown: boolean): void;
  function showThatNobodyListens(): void;
  const app: { post(path: string, handler: (request: AppRequest, response: AppResponse) => unknown): void };
  interface AppRequest { user: { id: string }; params: { name: string }; body: string & parley.Operation; headers: Headers }
  interface AppResponse { sendStatus(status: number): unknown; json(value: unknown): unknown }
  function useSyncExternalStore<T>(subscribe: (onChange: () => void) => () => void, get: () => T): T;
}
`;
const MODULES = `
declare module 'react-native' { export const AppState: import('@parley/client').AppStateLike; }
`;

/** Apart, so that nobody takes these texts for imports of this file. */
const FROM = 'from';

interface Example {
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

/** The text of every @example, without the asterisks before it and the tag after it. */
function examplesIn(file: string, text: string): Example[] {
  return [...text.matchAll(/^ *\* @example ?((?:.*\n)(?: *\*(?! @|\/).*\n)*)/gm)].map(
    ([, code = ''], at) => ({
      file,
      line: at,
      code: code.replaceAll(/^ *\* ?/gm, ''),
    }),
  );
}

function blocksIn(file: string, text: string): Example[] {
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = ''], at) => ({
    file,
    line: at,
    code,
  }));
}

/** Imports what an example uses and does not bring. */
function complete({ code }: Example): string {
  const mine = new Set([...code.matchAll(/\b(?:const|let|import \{)\s+(\w+)/g)].map(([, name]) => name));
  const isUsed = (name: string) => new RegExp(`\\b${name}\\b`).test(code) && !mine.has(name);
  const values = Object.keys(client).filter(isUsed);
  const servers = [
    'createServer',
    'createSigner',
    'verifyHook',
    'verifyServiceWebhook',
    'verifyWebhook',
  ].filter(isUsed);
  const imported = (names: readonly string[], source: string) => {
    const missing = names.filter((name) => !new RegExp(`import \\{[^}]*\\b${name}\\b`).test(code));
    const statement = ['import {', missing.join(', '), '}', FROM, JSON.stringify(source), '\n'];
    return missing.length === 0 ? '' : statement.join(' ');
  };
  return [
    imported(values, '@parley/client'),
    imported(servers, '@parley/client/server'),
    imported(['indexedDbCache'].filter(isUsed), '@parley/client/cache'),
    imported(['encodeCommand', 'CommandType'].filter(isUsed), '@parley/protocol/wire'),
    /\bAuthorize\b/.test(code) ? "import type { Authorize } from '@parley/client';\n" : '',
    code,
    '\nexport {};\n',
  ].join('');
}

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

describe('every example', () => {
  it('[F-SDK-01] in the source, the README and the guides compiles', async () => {
    const sources = globSync('src/**/*.ts', { cwd: HERE }).map((file) => join(HERE, file));
    const guides = globSync('docs/guides/*.md', { cwd: ROOT }).map((file) => join(ROOT, file));
    const pages = [join(HERE, 'README.md'), ...guides];
    const examples = [
      ...sources.flatMap((file) => examplesIn(file, readFileSync(file, 'utf8'))),
      ...pages.flatMap((file) => blocksIn(file, readFileSync(file, 'utf8'))),
    ];
    expect(examples.length).toBeGreaterThan(35);
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(join(FOLDER, 'around.d.ts'), AROUND);
    writeFileSync(join(FOLDER, 'modules.d.ts'), MODULES);
    for (const [at, example] of examples.entries()) {
      const origin = `// ${example.file.slice(ROOT.length)}, example ${example.line + 1}\n`;
      writeFileSync(join(FOLDER, `example-${at}.ts`), origin + complete(example));
    }
    const settings = {
      extends: '../tsconfig.json',
      compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
      include: ['*.ts'],
    };
    writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(settings));
    const complaints = await promisify(execFile)(process.execPath, [TSC, '--project', FOLDER], {
      cwd: FOLDER,
    }).then(
      () => '',
      ({ stdout }: { stdout: string }) => stdout,
    );
    expect(complaints).toBe('');
  }, 60_000);
});
