import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { checkFileName } from '../../domain/ports/file-name.ts';
import { FileMissing, type FileStore } from '../../domain/ports/files.ts';

export interface BucketOptions {
  readonly bucket: string;
  readonly region: string;
  /** Absent: Amazon’s own for the region. */
  readonly endpoint?: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** The bucket stands in the path of the URL instead of in the host name. */
  readonly pathStyle: boolean;
  /** In front of every key, such as `parley/`. */
  readonly prefix: string;
}

/** Bytes held at once per upload: S3 wants parts of at least 5 MiB. */
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_AT_ONCE = 2;

/** Files in a bucket of Amazon S3 or anything that speaks its protocol. Parts of uploads that ended early are removed. */
export function openFilesInBucket(options: BucketOptions): FileStore {
  const { bucket, prefix } = options;
  const client = new S3Client({
    region: options.region,
    credentials: { accessKeyId: options.accessKey, secretAccessKey: options.secretKey },
    forcePathStyle: options.pathStyle,
    ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
    // Newer checksums are unknown to many compatible stores; the signature covers what they would.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const objectOf = (name: string) => {
    checkFileName(name);
    return { Bucket: bucket, Key: prefix + name };
  };
  return {
    async write(name, bytes, { mimeType }) {
      const source = new Source(bytes);
      const upload = new Upload({
        client,
        params: { ...objectOf(name), Body: Readable.from(source.pieces()), ContentType: mimeType },
        partSize: PART_BYTES,
        queueSize: PARTS_AT_ONCE,
      });
      try {
        await upload.done();
      } catch (error) {
        // Why the bytes ended says more than that the bucket would not throw away what it had of them.
        throw source.failure ?? error;
      }
      return { size: source.size };
    },
    async read(name, range) {
      const command = new GetObjectCommand({
        ...objectOf(name),
        ...(range !== undefined && { Range: `bytes=${range.start}-${range.end}` }),
      });
      try {
        const { Body } = await client.send(command);
        return Body as AsyncIterable<Uint8Array>;
      } catch (error) {
        if (isMissing(error)) throw new FileMissing(`There is no file ${name}.`);
        throw error;
      }
    },
    async remove(name) {
      await client.send(new DeleteObjectCommand(objectOf(name)));
    },
    async close() {
      client.destroy();
    },
  };
}

/** Bytes on their way: how many they were, and why there were no more. */
class Source {
  size = 0;
  failure: unknown;
  readonly #bytes: AsyncIterable<Uint8Array>;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#bytes = bytes;
  }

  async *pieces(): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of this.#bytes) {
        this.size += piece.length;
        yield piece;
      }
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof NoSuchKey ||
    (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404)
  );
}
