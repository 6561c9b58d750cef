import { ConfigInvalid } from '../config/index.ts';
import { DatabaseUnusable } from '../engines/store-sqlite/index.ts';
import { CannotListen } from '../gateway/index.ts';

/** What to print when the server cannot start: sentences for whoever runs it, or the whole error if it is our fault. */
export function startFailure(error: unknown): string {
  if (error instanceof ConfigInvalid || error instanceof DatabaseUnusable || error instanceof CannotListen) {
    return error.message;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `Parley cannot start, and this is a fault of Parley: please report it.\n${detail}`;
}
