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
  /** It is a hook or a plug-in that asks: nothing of this is asked of hooks again. */
  readonly isHook?: boolean;
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

/** Whether hooks have no say in what somebody does: they are what asks, or the app exempts its server from them. */
export function isUnhooked(actor: Actor): boolean {
  return isOperator(actor) && (actor.isHook === true || !actor.app.settings.hooksForRest);
}

/** Whom events name as the one who did it: nobody, where it was the app's own server. */
export function byWhom(actor: Actor): { readonly by?: ClientId; readonly isUnhooked?: true } {
  return {
    ...(actor.client !== undefined && { by: actor.client }),
    ...(isUnhooked(actor) && { isUnhooked: true }),
  };
}

/** Where somebody acts from, as events and hooks tell it. */
export function fromWhere({ address }: Actor): { readonly address?: string } {
  return address === undefined ? {} : { address };
}

/** The address that is kept with a message: its writer's. An app's own server has none worth keeping (`rest §2.2`). */
export function fromIp(author: Author): { readonly fromIp?: string } {
  return isOperator(author) || author.address === undefined ? {} : { fromIp: author.address };
}
