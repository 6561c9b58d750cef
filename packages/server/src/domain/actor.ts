import type { App } from './app/app.ts';
import type { ClientId, SessionId } from './identifiers.ts';

/** Who does something: a client, or the app's own server. */
export type Actor = ClientActor | Operator;

/** A client doing something, on the session it does it from. */
export interface ClientActor {
  readonly app: App;
  readonly client: ClientId;
  /** The session that asked: it gets the reply and is left out of what goes to "everybody else". */
  readonly session?: SessionId;
  /** The network address it comes from. */
  readonly address?: string;
}

/**
 * The app's own server. It is in no conversation and needs no right there; what it does is told without a name
 * (`rest §9.1`).
 */
export interface Operator {
  readonly app: App;
  readonly client?: never;
  readonly session?: never;
  readonly address?: string;
}

/** The app's own server in the name of a client: messages and their changes always have an author (`rest §2.4`). */
export interface Spokesman extends Operator {
  readonly speaksFor: ClientId;
}

/** Who writes messages. */
export type Author = ClientActor | Spokesman;

export function isOperator(actor: Actor): actor is Operator {
  return actor.client === undefined;
}

export function authorOf(author: Author): ClientId {
  return author.client ?? author.speaksFor;
}

/** Whom events name as the one who did it: nobody, where it was the app's own server. */
export function byWhom(actor: Actor): { readonly by?: ClientId } {
  return actor.client === undefined ? {} : { by: actor.client };
}
