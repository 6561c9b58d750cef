import type { World } from '../domain/world.ts';
import type { Caller } from './authenticate.ts';

/** What the handler of a route gets, checked: who calls, and the request. */
export interface RestContext {
  readonly world: World;
  readonly caller: Caller;
  readonly query: Readonly<Record<string, unknown>>;
}

export interface RestRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** `session`: the IM session token of the client in `client_id` is needed on top of the app key. */
  readonly needs: 'app' | 'session' | 'master';
  readonly handle: (context: RestContext) => Promise<object>;
}
