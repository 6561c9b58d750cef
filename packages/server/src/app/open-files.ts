import { resolve } from 'node:path';
import type { Config } from '../config/options.ts';
import type { FileStore } from '../domain/ports/files.ts';
import { openFilesOnDisk } from '../engines/files-disk/index.ts';

type FileOptions = Pick<
  Config,
  | 'dataDir'
  | 's3Bucket'
  | 's3Region'
  | 's3Endpoint'
  | 's3AccessKey'
  | 's3SecretKey'
  | 's3PathStyle'
  | 's3Prefix'
>;

/** Where this deployment keeps uploaded files: in its bucket if it has one, else beside its data. */
export async function openFiles(config: FileOptions): Promise<FileStore> {
  const { s3Bucket, s3AccessKey, s3SecretKey, s3Endpoint } = config;
  if (s3Bucket === undefined || s3AccessKey === undefined || s3SecretKey === undefined) {
    return openFilesOnDisk(resolve(config.dataDir, 'files'));
  }
  // Its library is large, and most deployments never need it.
  const { openFilesInBucket } = await import('../engines/files-s3/index.ts');
  return openFilesInBucket({
    bucket: s3Bucket,
    region: config.s3Region,
    accessKey: s3AccessKey,
    secretKey: s3SecretKey,
    pathStyle: config.s3PathStyle,
    prefix: config.s3Prefix ?? '',
    ...(s3Endpoint !== undefined && { endpoint: s3Endpoint }),
  });
}
