import Type from 'typebox';
import { ImError } from '../../domain/errors.ts';
import type { PartialResult } from '../../domain/membership/partial-result.ts';
import { ClientIdText } from '../schemas.ts';

/** More than any list may hold, so that the verb can say which limit it is. */
export const ClientList = Type.Object({
  client_ids: Type.Array(ClientIdText, { minItems: 1, maxItems: 10_000 }),
});

/**
 * Lists skip what cannot be done for some, and fail where nothing could be done (`rest §9.2`).
 *
 * @throws ImError with the first reason
 */
export function refuseIfNothingSucceeded({ succeeded, refused }: PartialResult): void {
  const [first] = refused;
  if (succeeded.length > 0 || first === undefined) return;
  throw new ImError(first.reason);
}
