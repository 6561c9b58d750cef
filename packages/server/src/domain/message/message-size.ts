import type { App } from '../app/app.ts';
import { ImError } from '../errors.ts';
import type { ClientId } from '../identifiers.ts';
import type { MessageBody } from './message.ts';

interface Measured {
  readonly body: MessageBody;
  readonly mentions: readonly ClientId[];
  readonly pushData?: string;
}

/**
 * Content and metadata together count (F-MSG-02).
 *
 * @throws ImError FRAME_TOO_LONG
 */
export function checkMessageSize(app: App, message: Measured): void {
  const limit = app.settings.maxMessageBytes;
  const bytes = messageSize(message);
  if (bytes > limit) {
    throw new ImError(
      'FRAME_TOO_LONG',
      `The message has ${bytes} bytes with its metadata; ${limit} are allowed.`,
    );
  }
}

function messageSize({ body, mentions, pushData }: Measured): number {
  let bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  for (const client of mentions) bytes += Buffer.byteLength(client);
  if (pushData !== undefined) bytes += Buffer.byteLength(pushData);
  return bytes;
}
