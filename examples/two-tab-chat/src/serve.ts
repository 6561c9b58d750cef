import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** What the page may know of the server; the master key is not among it. */
export interface Config {
  readonly url: string;
  readonly appId: string;
  readonly appKey: string;
}

/** Serves the page, the bundled code and the config. */
export async function servePage({ url, appId, appKey }: Config): Promise<Server> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./chat.ts', import.meta.url))],
    ...{ bundle: true, write: false, format: 'esm', target: 'es2022' },
  });
  const files: Readonly<Record<string, readonly [string, Uint8Array | string]>> = {
    '/': ['text/html; charset=utf-8', await readFile(new URL('./index.html', import.meta.url))],
    '/chat.js': ['text/javascript', outputFiles[0]?.contents ?? ''],
    '/config.json': ['application/json', JSON.stringify({ url, appId, appKey })],
  };
  return createServer((request, response) => {
    const [type, content] = files[request.url ?? ''] ?? [];
    if (type === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'Content-Type': type }).end(content);
  });
}
