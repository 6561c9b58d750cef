import type { Static, TObject, TSchema } from 'typebox';
import type { Operator } from '../domain/actor.ts';
import type { App } from '../domain/app/app.ts';
import type { ClientId } from '../domain/identifiers.ts';
import type { JsonObject } from '../domain/json.ts';
import type { RestClass, RestRates } from '../domain/limits/rest-rates.ts';
import type { DeadLetter } from '../domain/ports/webhooks.ts';
import type { World } from '../domain/world.ts';
import type { AuditRule } from './audit.ts';
import type { Caller } from './authenticate.ts';

/**
 * What a caller has to present (`rest §1.2`, `§1.3`):
 * - `app`: the key of the app;
 * - `session`: on top of it, the IM session token of the client in `client_id`;
 * - `conversations`: the master key, or the app key where the app lets it manage conversation records;
 * - `master`: the master key.
 */
export type Needs = 'app' | 'session' | 'conversations' | 'master';

/** How files are taken and handed out. */
export interface FileService {
  /** A longer file is refused. */
  readonly maxBytes: number;
  /** Where clients reach this server, without a slash at the end; absent: where they asked. */
  readonly publicUrl?: string;
  /** Where clients fetch files: another name of this server, so that their contents are strangers to the app. */
  readonly downloadUrl?: string;
}

/** What reaches beyond the domain; the composition root supplies it. */
export interface RestServices {
  readonly world: World;
  /** Whether a session token is in force and belongs to the client. */
  readonly isSessionToken: (app: App, client: ClientId, token: string) => boolean;
  readonly rates: RestRates;
  readonly files: FileService;
  /** Sends what a webhook gave up once more; answers why it was not taken. */
  readonly replay: (app: App, letter: DeadLetter) => Promise<string | undefined>;
}

/** What the handler of a route gets: who calls, and the parts of the request, checked against their schemas. */
export interface RestContext<Params, Query, Body> {
  readonly world: World;
  readonly services: RestServices;
  readonly caller: Caller;
  /** The app's own server, as the one who does it. */
  readonly operator: Operator;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The body as it came, of a route that takes text; empty for every other. */
  readonly text: string;
  /** Address of the caller, or of whom a trusted proxy called for. */
  readonly ip: string;
  /** What the caller says it is, `X-LC-UA` first. */
  readonly userAgent: string;
  /** Where the caller reached this server, such as `https://im.example.com`. */
  readonly origin: string;
  /** More for the entry in the audit log, such as what was there before. */
  readonly note: (details: JsonObject) => void;
}

export interface Answer {
  readonly status: number;
  /** Any JSON value; nothing is answered without a body, which some SDKs take for a failure. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * One endpoint. The schemas are the checks and the documentation at once: what they refuse never reaches the handler,
 * and `/openapi.json` is made of them. Unknown parameters and keys are ignored (`rest §1.1`).
 */
export interface RouteDefinition<P extends TObject, Q extends TObject, B extends TObject> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With `:name` for each part of `params`. */
  readonly path: string;
  /** Group in the documentation. */
  readonly tag: string;
  /** One line in the imperative, such as "Add members". */
  readonly summary: string;
  readonly description?: string;
  readonly needs: Needs;
  /** `false` for what works where messaging is switched off, such as data of the app. */
  readonly messaging?: boolean;
  /** Which budget of the app a call takes from. */
  readonly rate?:
    | RestClass
    | ((call: Omit<RestContext<Static<P>, Static<Q>, Static<B>>, 'note'>) => Promise<RestClass>);
  readonly params?: P;
  /** Numbers, booleans, objects and arrays of numbers are read from their texts. */
  readonly query?: Q;
  readonly body?: B;
  /** Some proxies strip the body of a DELETE, and some clients always send one: its keys may stand in the query (`rest §3.6`). */
  readonly bodyFromQuery?: boolean;
  /** The body is plain text rather than JSON. */
  readonly takesText?: true;
  /** Bytes; a longer body is refused with 413. */
  readonly bodyLimit?: number;
  /** Schema of the body by status. */
  readonly answers: Readonly<Record<number, TSchema>>;
  /** How the audit log tells it, or why not; each route that may change something says so. */
  readonly audit?: AuditRule | ((params: Static<P>) => AuditRule);
  readonly handle: (context: RestContext<Static<P>, Static<Q>, Static<B>>) => Promise<Answer>;
}

type Nothing = TObject<Record<never, never>>;

/** A route among others: its handler takes whatever its own schemas let through. */
export interface RestRoute
  extends Omit<RouteDefinition<TObject, TObject, TObject>, 'handle' | 'rate' | 'audit'> {
  readonly rate?: RestClass | ((call: Omit<RestContext<never, never, never>, 'note'>) => Promise<RestClass>);
  readonly audit?: AuditRule | ((params: never) => AuditRule);
  readonly handle: (context: RestContext<never, never, never>) => Promise<Answer>;
}

/**
 * @example
 * export const countMembers = route({
 *   method: 'GET', path: '/1.2/rtm/conversations/:cid/members', tag: 'Conversations', summary: 'List members',
 *   needs: 'conversations', params: ConversationPath, answers: { 200: MembersAnswer },
 *   handle: async ({ world, caller, params }) => ok({ result: … }),
 * });
 */
export function route<P extends TObject = Nothing, Q extends TObject = Nothing, B extends TObject = Nothing>(
  definition: RouteDefinition<P, Q, B>,
): RestRoute {
  return definition;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown, headers: Answer['headers'] = {}): Answer => ({
  status: 201,
  body,
  headers,
});
