import type { ClientId } from '../identifiers.ts';

const dotNetOrder = new Intl.Collator('en');

/**
 * A list of members the ways signing servers write it: sorted by UTF-16 units as most languages do, sorted as .NET
 * does, and as it was sent. Mostly these are the same.
 *
 * @example memberListings(['Tom', 'alice']); // ['Tom:alice', 'alice:Tom']
 */
export function memberListings(members: readonly ClientId[]): readonly string[] {
  const distinct = [...new Set(members)];
  const orders = [distinct.toSorted(), distinct.toSorted(dotNetOrder.compare), distinct];
  return [...new Set(orders.map((order) => order.join(':')))];
}
