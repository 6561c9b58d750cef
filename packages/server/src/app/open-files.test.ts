import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigInvalid, loadConfig } from '../config/index.ts';
import { credentials, type FakeBucket, startFakeBucket } from '../engines/files-s3/testing/fake-bucket.ts';
import { openFiles } from './open-files.ts';

let bucket: FakeBucket;
let folder: string;
beforeEach(async () => {
  bucket = await startFakeBucket('chat');
  folder = await mkdtemp(join(tmpdir(), 'parley-files-'));
});
afterEach(async () => {
  await bucket.close();
  await rm(folder, { recursive: true, force: true });
});

async function* bytes() {
  yield Buffer.from('x');
}

const inBucket = () => ({
  PARLEY_DATA_DIR: folder,
  PARLEY_S3_BUCKET: 'chat',
  PARLEY_S3_ENDPOINT: bucket.endpoint,
  PARLEY_S3_REGION: credentials.region,
  PARLEY_S3_ACCESS_KEY: credentials.accessKey,
  PARLEY_S3_SECRET_KEY: credentials.secretKey,
  PARLEY_S3_PATH_STYLE: 'on',
  PARLEY_S3_PREFIX: 'media-',
});

describe('the files of a deployment', () => {
  it('are in the bucket it names', async () => {
    const files = await openFiles(loadConfig(inBucket()).config);
    await files.write('1/ab', bytes(), { mimeType: 'image/png' });
    await files.close();
    expect(bucket.keys()).toEqual(['media-1/ab']);
  });

  it('are in its data folder otherwise', async () => {
    const files = await openFiles(loadConfig({ PARLEY_DATA_DIR: folder }).config);
    await files.write('1/ab', bytes(), { mimeType: 'image/png' });
    await files.close();
    expect(bucket.keys()).toEqual([]);
  });

  it('are nowhere without the keys of the bucket, and no secret is in the message', () => {
    const { PARLEY_S3_SECRET_KEY: _, ...withoutSecret } = inBucket();
    expect(() => loadConfig(withoutSecret)).toThrow(ConfigInvalid);
    expect(() => loadConfig(withoutSecret)).toThrow(/PARLEY_S3_BUCKET needs/);
    expect(() => loadConfig({ ...inBucket(), PARLEY_S3_PATH_STYLE: 'x' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(credentials.secretKey) }),
    );
  });
});
