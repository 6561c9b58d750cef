import { describeStore } from '../../domain/ports/store.contract.ts';
import { openMemoryStore } from './index.ts';

describeStore({
  name: 'memory',
  open: async () => ({ store: await openMemoryStore(), remove: async () => {} }),
});
