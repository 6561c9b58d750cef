import type * as api from './plugin.ts';

export type BeforeName = keyof api.BeforeHandlers;
export type AfterName = keyof api.AfterHandlers;

/** What each hook is asked with, in the words of plug-ins. */
export type Question<Name extends BeforeName> = Parameters<NonNullable<api.BeforeHandlers[Name]>>[0];
/** What each handler is told. */
export type Notification<Name extends AfterName> = Parameters<NonNullable<api.AfterHandlers[Name]>>[0];

/** Every hook by its name; a missing one does not compile. */
const BEFORE: Readonly<Record<BeforeName, true>> = {
  messageReceived: true,
  messageUpdate: true,
  receiversOffline: true,
  conversationStart: true,
  conversationAdd: true,
  conversationRemove: true,
  conversationUpdate: true,
  clientSign: true,
};
const AFTER: Readonly<Record<AfterName, true>> = {
  messageSent: true,
  conversationStarted: true,
  conversationAdded: true,
  conversationRemoved: true,
  clientOnline: true,
  clientOffline: true,
};

export const BEFORE_NAMES: readonly BeforeName[] = Object.keys(BEFORE).filter(isBeforeName);
export const AFTER_NAMES: readonly AfterName[] = Object.keys(AFTER).filter(isAfterName);

export function isBeforeName(name: string): name is BeforeName {
  return Object.hasOwn(BEFORE, name);
}

export function isAfterName(name: string): name is AfterName {
  return Object.hasOwn(AFTER, name);
}

/** An error as it crosses between the processes. */
export interface Failure {
  readonly message: string;
  readonly stack?: string;
  /** Of a refusal of the server. */
  readonly code?: number;
}

/** What a plug-in is to do in an app; its answer follows from the verb. */
export type Action =
  | { readonly verb: 'sendMessage'; readonly input: api.OutgoingMessage }
  | { readonly verb: 'sendServiceMessage'; readonly input: api.ServiceMessage }
  | { readonly verb: 'recallMessage'; readonly input: api.RecalledMessage }
  | { readonly verb: 'findConversation'; readonly input: { readonly id: string } };

/** How the process of a plug-in is told what to run. Comes alone; everything later comes in lists. */
export interface Begin {
  readonly begin: { readonly url: string; readonly options: unknown; readonly appIds: readonly string[] };
}

/** Server → plug-in. Ids are of the one who asks, and are answered in any order. */
export type ToPlugin =
  | { readonly ask: number; readonly hook: BeforeName; readonly app: string; readonly input: unknown }
  | { readonly tell: number; readonly event: AfterName; readonly app: string; readonly input: unknown }
  | { readonly done: number; readonly value: unknown }
  | { readonly refused: number; readonly failure: Failure }
  | { readonly ping: true }
  | { readonly stop: true };

/** Plug-in → server. */
export type FromPlugin =
  | {
      readonly ready: {
        readonly name: string;
        readonly before: readonly BeforeName[];
        readonly after: readonly AfterName[];
      };
    }
  | { readonly unusable: string }
  /** The answer of the kind the hook has in `domain/ports/hooks.ts`. */
  | { readonly answered: number; readonly verdict: unknown }
  | { readonly failed: number; readonly failure: Failure }
  | { readonly told: number; readonly failure?: Failure }
  | { readonly act: number; readonly app: string; readonly action: Action }
  | { readonly log: LogLevel; readonly text: string; readonly fields?: api.JsonObject }
  /** A promise of the plug-in was rejected and nobody looked. */
  | { readonly stray: Failure }
  /** An exception nobody caught: the last word of the process. */
  | { readonly dying: Failure }
  | { readonly pong: true }
  | { readonly stopped: true };

export type LogLevel = keyof api.Log;
