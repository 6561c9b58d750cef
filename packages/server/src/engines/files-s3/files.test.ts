import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeFileStore } from '../../domain/ports/files.contract.ts';
import { openFilesInBucket } from './index.ts';
import { credentials, type FakeBucket, startFakeBucket } from './testing/fake-bucket.ts';

const optionsOf = ({ endpoint }: FakeBucket) => ({
  ...credentials,
  endpoint,
  bucket: 'parley',
  pathStyle: true,
  prefix: 'chat/',
});

describeFileStore({
  name: 'in a bucket',
  async open() {
    const bucket = await startFakeBucket('parley');
    const files = openFilesInBucket(optionsOf(bucket));
    return {
      files,
      async close() {
        expect(bucket.openUploads()).toBe(0);
        await files.close();
        await bucket.close();
      },
    };
  },
});

describe('a bucket', () => {
  let bucket: FakeBucket;
  beforeAll(async () => {
    bucket = await startFakeBucket('parley');
  });
  afterAll(() => bucket.close());

  async function* bytes() {
    yield Buffer.from('x');
  }

  it('gets files under the prefix of its own, with their type', async () => {
    const files = openFilesInBucket(optionsOf(bucket));
    await files.write('1/ab', bytes(), { mimeType: 'image/png' });
    expect(bucket.keys()).toEqual(['chat/1/ab']);
    expect(bucket.contentType('chat/1/ab')).toBe('image/png');
    await files.close();
  });

  it('takes nothing from who does not know the secret', async () => {
    const files = openFilesInBucket({ ...optionsOf(bucket), secretKey: 'wrong' });
    await expect(files.write('1/cd', bytes(), { mimeType: 'image/png' })).rejects.toThrow();
    await expect(files.read('1/ab')).rejects.toThrow();
    await files.close();
    expect(bucket.keys()).not.toContain('chat/1/cd');
  });

  it('tells why an upload ended, also where it may not abort it', async () => {
    const strict = await startFakeBucket('parley', { aborts: false });
    const files = openFilesInBucket(optionsOf(strict));
    async function* tooMany() {
      for (let megabyte = 0; megabyte < 12; megabyte++) yield Buffer.alloc(1024 * 1024);
      throw new Error('too large');
    }
    await expect(files.write('1/ef', tooMany(), { mimeType: 'image/png' })).rejects.toThrow('too large');
    expect(strict.openUploads()).toBe(1);
    await files.close();
    await strict.close();
  });
});
