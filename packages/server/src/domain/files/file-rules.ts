import type { ClassRules } from '../records/class-rules.ts';

export const FILE = '_File';

/** `storage-subset §7`. What was uploaded says where it is; callers cannot. */
export const fileRules: ClassRules = {
  may: ({ settings }) => ({
    create: 'app',
    find: settings.appKeyFindsFiles ? 'app' : 'master',
    get: 'app',
    update: 'master',
    delete: settings.appKeyDeletesFiles ? 'app' : 'master',
  }),
  types: {
    name: 'string',
    url: 'string',
    mime_type: 'string',
    bucket: 'string',
    key: 'string',
    provider: 'string',
    metaData: 'object',
  },
  serverColumns: new Set(['bucket', 'key', 'provider']),
  privateColumns: new Set(),
  keys: ({ key }, { token }) => [
    ...(typeof key === 'string' ? [{ name: 'key', value: key }] : []),
    ...(typeof token === 'string' ? [{ name: 'token', value: token }] : []),
  ],
  takenRefusals: {},
};
