import type { Connection } from '../connection/connection.ts';
import { isRefusal } from '../connection/http.ts';
import { localError } from '../errors.ts';
import { callSafely } from '../events.ts';
import { asString, isObject } from '../json.ts';
import type { FileReference } from '../messages/message-types.ts';

export interface UploadOptions {
  /** With its suffix, such as `cat.png`. Default: the name of a `File`, else `file`. */
  readonly name?: string;
  /** The MIME type. Default: that of the `Blob`, else `application/octet-stream`. */
  readonly type?: string;
  /** Pixels of a picture or film. Pictures are measured where the platform can. */
  readonly width?: number;
  readonly height?: number;
  /** Seconds of a recording or film. */
  readonly duration?: number;
  /** How much is there, as a number from 0 to 1. */
  readonly onProgress?: (progress: number) => void;
  /** Ends the upload. */
  readonly signal?: AbortSignal;
}

/** Where a browser takes the bytes from, or the bytes. */
export type UploadData = Blob | Uint8Array;

/** The files of an app, to put into messages. */
export class Files {
  readonly #connection: Connection;

  /** @internal */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Uploads a file and answers what a message needs of it.
   *
   * @example
   * const file = await client.files.upload(input.files[0], { onProgress: (progress) => bar.show(progress) });
   * await chat.send(new ImageMessage(file, { text: 'Us at the sea' }));
   *
   * @throws ParleyError HTTP_FAILED, also where `signal` ended it
   */
  async upload(data: UploadData, options: UploadOptions = {}): Promise<FileReference> {
    const { http } = this.#connection;
    const file = await describe(data, options);
    const { name, mimeType, ...metaData } = file;
    const answer = await http.post('/1.1/fileTokens', { body: { name, mime_type: mimeType, metaData } });
    const place = readPlace(answer);
    let isThere = false;
    try {
      await this.#put(place, data, options);
      isThere = true;
    } finally {
      // The server forgets what did not come; whether it hears of it now makes no difference to the caller.
      const told = http.post('/1.1/fileCallback', { body: { token: place.token, result: isThere } });
      await told.catch(() => {});
    }
    return { url: place.url, objectId: place.objectId, name, ...metaData };
  }

  async #put(
    { uploadUrl, mimeType }: Place,
    data: UploadData,
    { onProgress, signal }: UploadOptions,
  ): Promise<void> {
    const size = sizeOf(data);
    const progressed = (sent: number) =>
      callSafely(() => onProgress?.(size === 0 ? 1 : Math.min(sent / size, 1)));
    const { status } = await this.#connection.platform
      .http({
        method: 'PUT',
        url: uploadUrl,
        headers: { 'Content-Type': mimeType, 'Cache-Control': 'public, max-age=31536000' },
        body: data,
        ...(onProgress && { onProgress: progressed }),
        ...(signal && { signal }),
      })
      .catch((cause: unknown) => {
        throw localError('HTTP_FAILED', 'The file could not be uploaded.', { cause });
      });
    if (status >= 300) {
      const isPassing = !isRefusal(status);
      throw localError('HTTP_FAILED', `The file was refused with status ${status}.`, { isPassing });
    }
  }
}

interface Place {
  readonly objectId: string;
  readonly url: string;
  readonly uploadUrl: string;
  readonly token: string;
  readonly mimeType: string;
}

function readPlace(answer: unknown): Place {
  const fields = isObject(answer) ? answer : {};
  const [objectId, url, uploadUrl, token] = ['objectId', 'url', 'upload_url', 'token'].map((key) =>
    asString(fields[key]),
  );
  if (objectId === undefined || url === undefined || uploadUrl === undefined || token === undefined) {
    throw localError('HTTP_FAILED', 'The server names no place for the file.');
  }
  const mimeType = asString(fields.mime_type) ?? 'application/octet-stream';
  return { objectId, url, uploadUrl, token, mimeType };
}

interface Description extends Omit<FileReference, 'url' | 'objectId'> {
  readonly name: string;
  readonly size: number;
  readonly mimeType: string;
}

async function describe(data: UploadData, options: UploadOptions): Promise<Description> {
  const blob = data instanceof Uint8Array ? undefined : data;
  const name = options.name ?? asString((blob as { name?: unknown } | undefined)?.name) ?? 'file';
  const mimeType = options.type || blob?.type || 'application/octet-stream';
  const format = /\.([A-Za-z0-9]{1,10})$/.exec(name)?.[1]?.toLowerCase();
  const { duration, width, height } = options;
  const measured =
    width === undefined && mimeType.startsWith('image/') && blob ? await measure(blob) : { width, height };
  return {
    ...{ name, mimeType, size: sizeOf(data) },
    ...(format !== undefined && { format }),
    ...(duration !== undefined && { duration }),
    ...(measured?.width !== undefined && { width: measured.width }),
    ...(measured?.height !== undefined && { height: measured.height }),
  };
}

const sizeOf = (data: UploadData) => (data instanceof Uint8Array ? data.byteLength : data.size);

interface Bitmap {
  readonly width: number;
  readonly height: number;
  close(): void;
}

/** A picture that cannot be measured is a picture all the same. */
async function measure(blob: Blob): Promise<{ readonly width: number; readonly height: number } | undefined> {
  const { createImageBitmap } = globalThis as { createImageBitmap?: (blob: Blob) => Promise<Bitmap> };
  const bitmap = await createImageBitmap?.(blob).catch(() => undefined);
  if (bitmap === undefined) return undefined;
  const { width, height } = bitmap;
  bitmap.close();
  return { width, height };
}
