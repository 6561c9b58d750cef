import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { RestRoute } from '../route.ts';
import { type About, openApiDocument } from './openapi.ts';

const ONE_HOUR_SECONDS = 3600;
const library = createRequire(import.meta.url);

/** What a browser may load on the page: files of this server, and nothing else (`decisions/0011`). */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Parley REST API</title>
    <link rel="stylesheet" href="/docs/api/swagger-ui.css" />
  </head>
  <body>
    <div id="api"></div>
    <noscript>The page needs JavaScript. The document itself is at <a href="/openapi.json">/openapi.json</a>.</noscript>
    <script src="/docs/api/swagger-ui-bundle.js"></script>
    <script src="/docs/api/start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
});
`;

/** The document of the API for programs, and a page of it for people. Both are the same for everybody, keys or not. */
export function serveDocumentation(http: FastifyInstance, routes: readonly RestRoute[], about: About): void {
  const document = JSON.stringify(openApiDocument(routes, about));
  http.get('/openapi.json', (_request, reply) => send(reply, 'application/json;charset=utf-8', document));
  http.get('/docs/api', (_request, reply) => send(reply, 'text/html;charset=utf-8', PAGE));
  http.get('/docs/api/start.js', (_request, reply) => send(reply, 'text/javascript;charset=utf-8', START));
  for (const [name, type] of [
    ['swagger-ui-bundle.js', 'text/javascript;charset=utf-8'],
    ['swagger-ui.css', 'text/css;charset=utf-8'],
  ] as const) {
    let file: Promise<Buffer> | undefined;
    http.get(`/docs/api/${name}`, async (_request, reply) => {
      file ??= readFile(library.resolve(`swagger-ui-dist/${name}`));
      return send(reply, type, await file);
    });
  }
}

function send(reply: FastifyReply, type: string, body: string | Buffer): FastifyReply {
  return reply
    .headers({
      'content-type': type,
      'cache-control': `public, max-age=${ONE_HOUR_SECONDS}`,
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    .send(body);
}
