import type { App } from './app/app.ts';
import type { ClientId, SessionId } from './identifiers.ts';

/** A client doing something, on the session it does it from. */
export interface Actor {
  readonly app: App;
  readonly client: ClientId;
  /** The session that asked: it gets the reply and is left out of what goes to "everybody else". */
  readonly session?: SessionId;
}
