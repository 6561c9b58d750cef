import { tooManyRequests, tooManyUploads } from './rest-error.ts';
import type { RestContext, RestRoute } from './route.ts';

/** Counts a call of a route; what was refused so far costs nothing (`rest §7`). @throws RestError 429 */
export async function takeFromBudget(
  { rate }: Pick<RestRoute, 'rate'>,
  call: Omit<RestContext<never, never, never>, 'note'>,
): Promise<void> {
  if (rate === undefined) return;
  const limited = typeof rate === 'string' ? rate : await rate(call);
  const wait = call.services.rates.take(call.caller.app, limited);
  if (wait === undefined) return;
  throw limited === 'upload' ? tooManyUploads(wait) : tooManyRequests(wait);
}
