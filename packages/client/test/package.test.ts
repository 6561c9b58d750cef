import { execFile } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const run = promisify(execFile);

/** An app of its own, with the package as npm would install it and nothing else of this repository. */
let app: string;
let installed: string;
let parley: Parley;
beforeAll(async () => {
  app = mkdtempSync(join(tmpdir(), 'parley-package-'));
  installed = join(app, 'node_modules/@parley/client');
  await run(process.execPath, [join(ROOT, 'packages/client/build-package.mjs'), installed]);
  symlinkSync(join(ROOT, 'node_modules/idb'), join(app, 'node_modules/idb'));
  mkdirSync(join(app, 'node_modules/@types'));
  symlinkSync(join(ROOT, 'node_modules/@types/node'), join(app, 'node_modules/@types/node'));
  symlinkSync(join(ROOT, 'node_modules/undici-types'), join(app, 'node_modules/undici-types'));
  parley = await startParley({ store: 'memory' });
}, 180_000);
afterAll(async () => {
  await parley.close();
  rmSync(app, { recursive: true, force: true });
});

describe('the package that apps install', () => {
  it('[F-SDK-01] runs in a plain Node program', async () => {
    writeFileSync(
      join(app, 'app.mjs'),
      `import { createClient, ImageMessage } from '@parley/client';
       import { indexedDbCache } from '@parley/client/cache';
       import { createServer } from '@parley/client/server';
       const [url, appId, appKey, masterKey] = process.argv.slice(2);
       const tom = createClient({ url, appId, appKey, clientId: 'Tom' });
       const chat = await tom.conversations.create({ members: ['Jerry'] });
       const heard = tom.once('message');
       await createServer({ url, appId, masterKey })
         .send({ conversation: chat.id }, new ImageMessage({ url: 'https://x/y.png' }), { from: 'Jerry' });
       const { message } = await heard;
       console.log(message instanceof ImageMessage, message.file.url, typeof indexedDbCache);
       await tom.close();`,
    );
    const keys = [parley.url, parley.appId, parley.appKey, parley.masterKey];
    const { stdout } = await run(process.execPath, [join(app, 'app.mjs'), ...keys]);
    expect(stdout).toBe('true https://x/y.png function\n');
  });

  it('[F-SDK-01] has types for a strict compiler that checks libraries too, without any', async () => {
    writeFileSync(
      join(app, 'app.ts'),
      `import { type Client, createClient, type ConversationEvents, defineMessageType } from '@parley/client';
       import { indexedDbCache } from '@parley/client/cache';
       import { createSigner, verifyWebhook } from '@parley/client/server';
       const Poll = defineMessageType({ type: 1, parse: () => ({ votes: 1 }) });
       export const tom: Client = createClient({ url: 'x', appId: 'x', clientId: 'Tom', cache: indexedDbCache() });
       tom.on('message', ({ message }: ConversationEvents['message']) => {
         if (message instanceof Poll) message.fields.votes.toFixed();
       });
       tom.on('receipt', ({ at, kind }): void => void [at.toFixed(), kind.toUpperCase()]);
       export const signature: string = createSigner({ appId: 'x', masterKey: 'x' })({ action: 'login', clientId: 'Tom' }).signature;
       export const [first] = verifyWebhook({ headers: {}, body: '' }, { secret: 'x' });`,
    );
    const compilerOptions = {
      ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, noEmit: true },
      ...{ module: 'nodenext', target: 'es2022', types: ['node'] },
      // Without `skipLibCheck` every declaration is checked; of other libraries' there are few.
      lib: ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable'],
    };
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
    const complaints = await run(process.execPath, [
      join(ROOT, 'node_modules/typescript/bin/tsc'),
      ...['--project', app],
    ]).then(
      () => '',
      ({ stdout }: { stdout: string }) => stdout,
    );
    expect(complaints).toBe('');

    const declarations = globSync('types/client/**/*.d.ts', { cwd: installed });
    expect(declarations.length).toBeGreaterThan(50);
    for (const file of declarations) {
      const code = readFileSync(join(installed, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
      expect(`${file}: ${/[^\n]*\bany\b[^\n]*/.exec(code)?.[0] ?? ''}`).toBe(`${file}: `);
    }
  }, 120_000);

  it('[F-SDK-01] depends on nothing but what its cache needs', () => {
    const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    expect(Object.keys(dependencies)).toEqual(['idb']);
    const imports = globSync('*.js', { cwd: installed }).flatMap((file) => {
      const text = readFileSync(join(installed, file), 'utf8');
      return [...text.matchAll(/^(?:import|export)\b[^;]*?["']([^"'.][^"']*)["'];/gm)].map(
        ([, name]) => `${file} ${name}`,
      );
    });
    expect([...new Set(imports)].sort()).toEqual(['cache.js idb', 'server.js node:crypto']);
  });
});
