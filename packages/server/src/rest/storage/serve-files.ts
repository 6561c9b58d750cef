import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { App } from '../../domain/app/app.ts';
import { DataError } from '../../domain/errors.ts';
import { expectedFile, receiveUpload } from '../../domain/files/receive-upload.ts';
import { RestError } from '../rest-error.ts';
import type { RestServices } from '../route.ts';
import { answerError } from '../serve.ts';
import { sendFile } from './send-file.ts';
import { fileInForm } from './uploaded-form.ts';

interface UploadRequest {
  Params: { readonly app: string; readonly objectId: string };
  Querystring: { readonly t?: unknown };
}

/**
 * Takes and hands out the bytes of files. No header of the API comes along: a token in the address allows to upload,
 * and whoever knows the address may fetch (`storage-subset §7.3`, `§7.9`).
 */
export async function serveFiles(http: FastifyInstance, services: RestServices): Promise<void> {
  const { world } = services;
  const appOf = (id: string): App => {
    const app = world.apps.find(id);
    if (app === undefined) throw notFound();
    return app;
  };

  await http.register(async (scope) => {
    // The bytes are read where they are kept, not collected here.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.setErrorHandler(answerError);

    const expected = async (request: FastifyRequest<UploadRequest>) => {
      const app = appOf(request.params.app);
      const token = typeof request.query.t === 'string' ? request.query.t : '';
      const record = await expectedFile(world, app, request.params.objectId, token);
      const maxBytes = Math.min(
        services.files.maxBytes,
        app.settings.maxFileBytes || Number.POSITIVE_INFINITY,
      );
      if (Number(request.headers['content-length'] ?? 0) > maxBytes + FORM_OVERHEAD) {
        throw new DataError('TOO_LARGE', `A file has at most ${maxBytes} bytes.`);
      }
      return { record, maxBytes };
    };

    scope.put<UploadRequest>('/files/:app/upload/:objectId', async (request, reply) => {
      const { record, maxBytes } = await expected(request);
      // Leaving the loop early would destroy the connection, and nobody would read the refusal.
      const bytes = request.raw.iterator({ destroyOnReturn: false });
      await receiveUpload(world, record, bytes, maxBytes).catch(refusedEarly(request));
      return reply.type('application/json;charset=utf-8').send('{}');
    });

    scope.post<UploadRequest>('/files/:app/upload/:objectId', async (request, reply) => {
      const { record, maxBytes } = await expected(request);
      const file = await fileInForm(request.raw);
      const stored = await receiveUpload(world, record, file, maxBytes).catch(refusedEarly(request));
      // Adapters of mini programs want JSON with these two.
      return reply.send({ key: stored.columns.key, hash: stored.id });
    });

    scope.route<{ Params: { readonly app: string; readonly '*': string } }>({
      method: ['GET', 'HEAD'],
      url: '/files/:app/*',
      async handler(request, reply) {
        const app = appOf(request.params.app);
        const key = { name: 'key', value: request.params['*'] };
        const record = await world.store.records.findByKey(app.key, '_File', key);
        if (record === undefined) throw notFound();
        return sendFile(world.files, record, request, reply);
      },
    });
  });
}

/** What a form puts around the bytes, generously. */
const FORM_OVERHEAD = 64 * 1024;
/** A caller that goes on for longer than this after it was refused is not listening. */
const MOST_DISCARDED = 16 * 1024 * 1024;

/** Most callers read an answer only once they have sent everything, so the rest is taken and thrown away. */
function refusedEarly({ raw }: FastifyRequest): (error: unknown) => never {
  return (error) => {
    let left = MOST_DISCARDED;
    raw.unpipe();
    raw.on('data', (piece: Buffer) => {
      left -= piece.length;
      if (left < 0) raw.destroy();
    });
    throw error;
  };
}

function notFound(): RestError {
  return new RestError(404, 404, 'There is no such file.');
}
