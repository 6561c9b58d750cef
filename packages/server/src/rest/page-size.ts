import Type from 'typebox';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

export const Limit = Type.Integer({
  description: `From 1 to ${MAX_LIMIT}, otherwise ${DEFAULT_LIMIT}; 0 with \`count\` for no objects.`,
  'x-otherwise': DEFAULT_LIMIT,
});

/** How many objects a query lists: whatever is out of range is no reason to refuse (`storage-subset §4.1`). */
export function limitOf({ limit, count }: { readonly limit?: number; readonly count?: boolean }): number {
  if (limit === 0 && count === true) return 0;
  return limit === undefined || limit < 1 || limit > MAX_LIMIT ? DEFAULT_LIMIT : limit;
}
