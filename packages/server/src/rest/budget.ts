import { refusalFrom, tooManyRequests, tooManyUploads } from './rest-error.ts';
import type { Answer, RestContext, RestRoute } from './route.ts';

/** Makes a call of a route and counts it; one that is refused costs nothing (`rest §7`). @throws RestError 429 */
export async function withinBudget(
  { rate }: Pick<RestRoute, 'rate'>,
  call: Omit<RestContext<never, never, never>, 'note'>,
  make: () => Promise<Answer>,
): Promise<Answer> {
  if (rate === undefined) return make();
  const { rates } = call.services;
  const { app } = call.caller;
  const limited = typeof rate === 'string' ? rate : await rate(call);
  const wait = rates.take(app, limited);
  if (wait !== undefined) throw limited === 'upload' ? tooManyUploads(wait) : tooManyRequests(wait);
  try {
    return await make();
  } catch (error) {
    if (refusalFrom(error) !== undefined) rates.giveBack(app, limited);
    throw error;
  }
}
