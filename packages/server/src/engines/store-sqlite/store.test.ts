import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeStore } from '../../domain/ports/store.contract.ts';
import { openSqliteStore } from './index.ts';

describeStore({
  name: 'embedded',
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'parley-store-'));
    const store = await openSqliteStore({
      path: join(folder, 'parley.db'),
      onFatal: (error) => {
        throw error;
      },
    });
    return { store, remove: () => rm(folder, { recursive: true, force: true }) };
  },
});
