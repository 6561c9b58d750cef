import { expect, it } from 'vitest';
import type { App } from '../app/app.ts';
import { defaultAppSettings } from '../app/app-settings.ts';
import type { DataRecord } from '../records/record.ts';
import type { World } from '../world.ts';
import { expireFiles } from './expire-files.ts';

const DAY = 24 * 3600 * 1000;
const settings = { ...defaultAppSettings, fileRetentionDays: 1 };
const apps: readonly App[] = [1, 2].map((key) => ({
  key,
  id: `${key}`,
  appKey: '',
  masterKey: '',
  settings,
}));

/** Two apps with one old file each; the bytes of the first cannot be deleted at first. */
function world() {
  const record = (app: number) => ({ app, className: '_File', id: 'cat', columns: { key: 'cat.png' } });
  const left = {
    records: new Map([1, 2].map((app) => [app, record(app)])),
    bytes: new Set(['1/cat', '2/cat']),
  };
  const state = { isDown: true };
  const records = {
    query: async ({ app }: { app: number }) => [left.records.get(app)].filter((one) => one !== undefined),
    remove: async ({ app }: DataRecord) => left.records.delete(app),
  };
  const files = {
    async remove(name: string) {
      if (state.isDown && name === '1/cat') throw new Error('The bucket is not there.');
      left.bytes.delete(name);
    },
  };
  return { left, state, world: { store: { records }, files } as unknown as World };
}

it('a file whose bytes cannot be deleted is tried again, and files of other apps are deleted meanwhile', async () => {
  const { left, state, world: own } = world();
  await expect(expireFiles(own, apps, 9 * DAY)).rejects.toMatchObject({
    errors: [new Error('The bucket is not there.')],
  });
  expect([[...left.records.keys()], [...left.bytes]]).toEqual([[1], ['1/cat']]);
  state.isDown = false;
  expect(await expireFiles(own, apps, 9 * DAY)).toBe(false);
  expect([left.records.size, left.bytes.size]).toEqual([0, 0]);
});
