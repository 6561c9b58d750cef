/**
 * Columns the server alone writes (`wire-protocol §4.2`), under every name an SDK has for them. Members, mute marks
 * and flags change through their own operations only.
 */
const reservedColumns: ReadonlySet<string> = new Set([
  'objectId',
  'm',
  'mu',
  'c',
  'lm',
  'tr',
  'sys',
  'temp',
  'ttl',
  'tempConv',
  'tempConvTTL',
  'conv_type',
  'unique',
  'uniqueId',
  'createdAt',
  'updatedAt',
  'ACL',
]);

export function isReservedColumn(name: string): boolean {
  return reservedColumns.has(name);
}
