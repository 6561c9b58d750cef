import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import { DataError } from '../../domain/errors.ts';

const LIMITS = { files: 1, fields: 20, fieldSize: 16 * 1024, headerPairs: 50 };

/**
 * The one file in a form, as it arrives.
 *
 * @throws DataError BAD_ARGUMENT where the request is no form, or has no file
 */
export function fileInForm(request: IncomingMessage): Promise<Readable> {
  return new Promise((resolve, reject) => {
    const refuse = (why: string) => reject(new DataError('BAD_ARGUMENT', why));
    let parser: InstanceType<typeof Busboy>;
    try {
      parser = new Busboy({ headers: request.headers as BusboyHeaders, limits: LIMITS });
    } catch {
      refuse('The upload is no form with a file.');
      return;
    }
    let found: Readable | undefined;
    parser.on('file', (_field, file) => {
      found = file;
      resolve(file);
    });
    parser.on('finish', () => refuse('The form has no file.'));
    parser.on('error', () => {
      found?.destroy(new Error('The form is malformed.'));
      refuse('The form is malformed.');
    });
    // A caller that goes away ends the form early, and with it the file.
    request.on('aborted', () => found?.destroy(new Error('The caller went away.')));
    request.pipe(parser);
  });
}
