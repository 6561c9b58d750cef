import { imageSize } from 'image-size';
import { storedName } from '../../domain/files/create-upload.ts';
import { FileMissing, type FileStore } from '../../domain/ports/files.ts';
import type { DataRecord } from '../../domain/records/record.ts';

/** Where pictures say how large they are, even behind a large profile. */
const LOOKED_AT = 256 * 1024;

/**
 * What Java asks before it sends a picture that was uploaded earlier. It fails without JSON, so what is no picture gets
 * an answer too.
 */
export async function describeImage(
  files: FileStore,
  record: DataRecord,
  size: number,
): Promise<{
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly size: number;
}> {
  const format = String(record.columns.mime_type).split('/')[1] ?? '';
  const unknown = { format, width: 0, height: 0, size };
  if (size === 0) return unknown;
  try {
    const parts: Uint8Array[] = [];
    const range = { start: 0, end: Math.min(size, LOOKED_AT) - 1 };
    for await (const part of await files.read(storedName(record), range)) parts.push(part);
    const { type, width, height } = imageSize(Buffer.concat(parts));
    return { format: type === 'jpg' ? 'jpeg' : (type ?? format), width, height, size };
  } catch (error) {
    if (error instanceof FileMissing) throw error;
    return unknown;
  }
}
