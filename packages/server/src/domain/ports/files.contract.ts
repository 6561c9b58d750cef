import { describe, expect, it } from 'vitest';
import { FileMissing, type FileStore } from './files.ts';

export interface FileEngine {
  readonly name: string;
  readonly open: () => Promise<{ readonly files: FileStore; readonly close: () => Promise<void> }>;
}

async function* pieces(...texts: readonly (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    if (text instanceof Error) throw text;
    yield Buffer.from(text);
  }
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** What every store of files has to do (`files.ts`). */
export function describeFileStore({ name, open }: FileEngine): void {
  describe(`files ${name}`, () => {
    const png = { mimeType: 'image/png' };
    const withFiles = async (work: (files: FileStore) => Promise<void>) => {
      const { files, close } = await open();
      try {
        await work(files);
      } finally {
        await close();
      }
    };

    it('[F-MSG-66] come back as they were written, whole or in parts', () =>
      withFiles(async (files) => {
        expect(await files.write('1/ab', pieces('hello ', 'world'), png)).toEqual({ size: 11 });
        expect(await textOf(await files.read('1/ab'))).toBe('hello world');
        expect(await textOf(await files.read('1/ab', { start: 6, end: 8 }))).toBe('wor');
        expect(await files.write('1/ab', pieces('new'), png)).toEqual({ size: 3 });
        expect(await textOf(await files.read('1/ab'))).toBe('new');
      }));

    it('may be empty, and larger than what is sent at once', () =>
      withFiles(async (files) => {
        expect(await files.write('1/00', pieces(), png)).toEqual({ size: 0 });
        expect(await textOf(await files.read('1/00'))).toBe('');
        const piece = 'x'.repeat(1024 * 1024);
        const size = 12 * piece.length;
        expect(await files.write('1/01', pieces(...Array<string>(12).fill(piece)), png)).toEqual({ size });
        expect(await textOf(await files.read('1/01', { start: size - 2, end: size - 1 }))).toBe('xx');
      }));

    it('leave nothing behind where their bytes end early, and keep what was there', () =>
      withFiles(async (files) => {
        await expect(files.write('1/ff', pieces('half', new Error('gone')), png)).rejects.toThrow('gone');
        await expect(files.read('1/ff')).rejects.toThrow(FileMissing);
        await files.write('1/ff', pieces('whole'), png);
        await expect(files.write('1/ff', pieces('half', new Error('gone')), png)).rejects.toThrow('gone');
        expect(await textOf(await files.read('1/ff'))).toBe('whole');
      }));

    it('are gone once removed, and may be removed again', () =>
      withFiles(async (files) => {
        await files.write('1/aa', pieces('x'), png);
        await files.remove('1/aa');
        await files.remove('1/aa');
        await expect(files.read('1/aa')).rejects.toThrow(FileMissing);
      }));

    it('have names that lead nowhere else', () =>
      withFiles(async (files) => {
        for (const bad of ['../x', '/etc/passwd', '1/../2', '', 'a\0b', '1//2', 'A']) {
          await expect(files.read(bad)).rejects.toThrow(/name/);
          await expect(files.write(bad, pieces('x'), png)).rejects.toThrow(/name/);
          await expect(files.remove(bad)).rejects.toThrow(/name/);
        }
      }));
  });
}
