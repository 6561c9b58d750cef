import compress from '@fastify/compress';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** What a browser finds at `/`: a page for people, made of files that it loads from below a folder. */
export interface FrontPage {
  /** Where its files are, with slashes around. */
  readonly folder: string;
  /** By their path in the folder; `index.html` is what `/` shows. Waits while the page is being made. */
  files(): Promise<ReadonlyMap<string, FrontPageFile>>;
  /** What a browser may load on it, beside the files of this server. */
  readonly origins: readonly string[];
}

export interface FrontPageFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** Whether its name changes with its content. */
  readonly isImmutable: boolean;
}

const ONE_YEAR_SECONDS = 31_536_000;
/** Below, the head of the answer would weigh more than what is saved. */
const COMPRESSED_FROM_BYTES = 1024;

/** Without a page, `/` says no more than that somebody is there: load balancers ask for it too. */
export async function serveFrontPage(http: FastifyInstance, page: FrontPage | undefined): Promise<void> {
  if (page === undefined) {
    http.get('/', (_request, reply) => sendText(reply, 'Parley is running.\n'));
    return;
  }
  const { folder, files } = page;
  const policy = policyOf(page);

  async function send(reply: FastifyReply, path: string): Promise<FastifyReply> {
    const found = await files().catch(() => undefined);
    if (found === undefined) {
      reply.code(503);
      return sendText(reply, 'Parley is running, but its page could not be made. The log says why.\n');
    }
    const file = found.get(path);
    if (file === undefined) {
      reply.callNotFound();
      return reply;
    }
    return reply
      .removeHeader('access-control-allow-origin')
      .headers({
        'cache-control': file.isImmutable ? `public, max-age=${ONE_YEAR_SECONDS}, immutable` : 'no-cache',
        'content-security-policy': policy,
        'content-type': file.type,
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      })
      .send(file.bytes);
  }

  await http.register(async (scope) => {
    await scope.register(compress, { encodings: ['gzip'], threshold: COMPRESSED_FROM_BYTES });
    scope.get('/', (_request, reply) => send(reply, 'index.html'));
    scope.get<{ Params: { readonly '*': string } }>(`${folder}*`, (request, reply) =>
      send(reply, request.params['*']),
    );
  });
}

function sendText(reply: FastifyReply, text: string): FastifyReply {
  return reply
    .headers({
      'content-type': 'text/plain;charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    .send(text);
}

/** Nothing but the files of this server; no inline code, no eval, no frames, and no HTML made of text. */
function policyOf({ origins }: FrontPage): string {
  const here = ["'self'", ...origins].join(' ');
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    `img-src ${here} blob: data:`,
    `media-src ${here} blob:`,
    `connect-src ${here}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}
