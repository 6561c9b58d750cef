import type { RestRoute } from '../route.ts';
import { batchRoute } from './batch.ts';
import { batchSave } from './batch-save.ts';
import { classRoutes } from './class-routes.ts';
import { date } from './date.ts';
import { fileRoutes } from './files.ts';
import { userRoutes } from './users.ts';

/** What stands for itself, and can stand in a batch. */
const singleRoutes: readonly RestRoute[] = [
  ...userRoutes,
  ...classRoutes({ path: '/1.1/classes/:className', noun: 'an object' }),
  ...classRoutes({ path: '/1.1/users', className: '_User', noun: 'a user' }),
  ...classRoutes({ path: '/1.1/installations', className: '_Installation', noun: 'an installation' }),
  ...classRoutes({ path: '/1.1/files', className: '_File', noun: 'a file' }),
  date,
  ...fileRoutes,
];

/** The data API: objects, users, installations, files (`storage-subset`). */
export const storageRoutes: readonly RestRoute[] = [...singleRoutes, batchRoute(singleRoutes), batchSave];
