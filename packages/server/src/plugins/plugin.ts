/**
 * What a plug-in is made of. This file is all that plug-ins see of the server, so it imports nothing: a change here is
 * a change of their interface, and one that breaks them is another {@link PLUGIN_API}.
 */

/** The version of this interface. A plug-in says which it was written for. */
export const PLUGIN_API = 1;

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Text, or bytes for a binary message. Typed messages are JSON in this text: {@link readText} reads them. */
export type Content = string | Uint8Array;

/** The app's own code, run by the server (`docs/guides/plugins.md`). */
export interface Plugin<Options = undefined> {
  readonly api: typeof PLUGIN_API;
  /** How the log calls it: small letters, digits and hyphens. */
  readonly name: string;
  /** Reads the `options` of the configuration; what it throws ends the start of the server with that sentence. */
  readonly options?: (given: unknown) => Options;
  /** Called before the server accepts clients, and again whenever the plug-in had to be started anew. */
  readonly start: (parley: Parley, options: Options) => Handlers | Promise<Handlers>;
}

/**
 * Describes a plug-in. It returns what it is given; the types of the handlers follow.
 *
 * @example
 * export default definePlugin({
 *   api: 1,
 *   name: 'no-advertising',
 *   start: () => ({
 *     before: {
 *       messageReceived({ content }) {
 *         if (readText(content)?.includes('spam')) return { drop: true, code: 1, detail: 'No advertising here.' };
 *       },
 *     },
 *   }),
 * });
 */
export function definePlugin<Options = undefined>(plugin: Plugin<Options>): Plugin<Options> {
  return plugin;
}

/** The server, as a plug-in reaches it. */
export interface Parley {
  readonly log: Log;
  /** The apps the plug-in is for, as they were when it started. */
  readonly appIds: readonly string[];
  /** What can be done in an app. Handlers are given the one they are called for. */
  app(id: string): App;
}

/** Writes to the server's log, with the name of the plug-in. */
export interface Log {
  debug(text: string, fields?: JsonObject): void;
  info(text: string, fields?: JsonObject): void;
  warn(text: string, fields?: JsonObject): void;
  error(text: string, fields?: JsonObject): void;
}

/** What a plug-in does, when it is asked and told. Whatever is absent costs nothing. */
export interface Handlers {
  readonly before?: BeforeHandlers;
  readonly after?: AfterHandlers;
  /** Called once when the server stops; five seconds are waited for. */
  readonly stop?: () => unknown;
}

// A handler that lets everything pass need not return anything.
// biome-ignore lint/suspicious/noConfusingVoidType: see above
type Answer<T> = T | undefined | void | Promise<T | undefined | void>;

/** Asked before something happens, which waits for the answer. Nothing returned: let it pass. */
export interface BeforeHandlers {
  messageReceived?(message: IncomingMessage, app: App): Answer<Drop | MessageChange>;
  /** An edit or a recall; the content of a recall stays what it is. */
  messageUpdate?(update: MessageUpdate, app: App): Answer<Drop | MessageChange>;
  /** Once a message is told, and before those who are away are notified. */
  receiversOffline?(message: MissedMessage, app: App): Answer<Skip | PushChange>;
  conversationStart?(start: ConversationStart, app: App): Answer<Reject | StartChange>;
  /** Not called for the first members. */
  conversationAdd?(change: MembershipRequest, app: App): Answer<Reject>;
  /** Not called for who quits. */
  conversationRemove?(change: MembershipRequest, app: App): Answer<Reject>;
  conversationUpdate?(update: ConversationUpdate, app: App): Answer<Reject | UpdateChange>;
  /** Before the login of a user of the data API is signed. */
  clientSign?(request: SignRequest, app: App): Answer<Refuse>;
}

/** Told afterwards, in the order in which it happened. Nobody waits. */
export interface AfterHandlers {
  messageSent?(message: SentMessage, app: App): unknown;
  conversationStarted?(event: ConversationStarted, app: App): unknown;
  conversationAdded?(event: MembersChanged, app: App): unknown;
  conversationRemoved?(event: MembersChanged, app: App): unknown;
  clientOnline?(event: ClientOnline, app: App): unknown;
  clientOffline?(event: ClientOffline, app: App): unknown;
}

export interface Explanation {
  /** A whole number of your own, of 32 bits, which clients get as `appCode`. */
  readonly code?: number;
  /** A sentence for people, which clients get as `appMsg`. */
  readonly detail?: string;
}

export interface Drop extends Explanation {
  readonly drop: true;
}

export interface Reject extends Explanation {
  readonly reject: true;
}

export interface Refuse {
  readonly refuse: true;
  readonly detail?: string;
}

export interface MessageChange extends Explanation {
  /** Instead of what was written; the sender is told like of an edit. */
  readonly content?: Content;
  /** The only ones who get it. Some can be left out; nobody can be added. */
  readonly receivers?: readonly string[];
}

/** Nobody is notified. */
export interface Skip {
  readonly skip: true;
}

export interface PushChange {
  /** The only ones who are notified. */
  readonly receivers?: readonly string[];
  /** Instead of whatever the message or the app says. */
  readonly content?: JsonObject;
  /** Also those who silenced the conversation. */
  readonly force?: boolean;
}

export interface StartChange {
  /** On top of the attributes that were asked for. */
  readonly attributes: JsonObject;
}

export interface UpdateChange {
  /** Instead of what was asked for, each only where the request was about it. */
  readonly attributes?: JsonObject;
  readonly muted?: boolean;
}

export interface Conversation {
  readonly id: string;
  readonly kind: 'basic' | 'chat-room' | 'service' | 'temporary';
  readonly name?: string;
}

export interface IncomingMessage {
  readonly conversation: Conversation;
  readonly sender: string;
  /** Without the sender. Empty in chat rooms of more than 500, and where a service speaks to all its subscribers. */
  readonly receivers: readonly string[];
  readonly content: Content;
  /** Only for who is online, and not kept. */
  readonly transient: boolean;
  readonly receipt: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The network address it comes from. */
  readonly address?: string;
}

export interface MessageUpdate extends Omit<IncomingMessage, 'transient' | 'receipt'> {
  readonly id: string;
  readonly recall: boolean;
}

export interface MissedMessage {
  readonly conversation: Conversation;
  readonly sender: string;
  /** Those who silenced the conversation included. */
  readonly offline: readonly string[];
  readonly content: Content;
  readonly at: number;
  readonly mentions: readonly string[];
  readonly mentionAll: boolean;
}

export interface ConversationStart {
  /** Absent where your own server asks for it. */
  readonly by?: string;
  readonly members: readonly string[];
  readonly attributes: JsonObject;
}

export interface MembershipRequest {
  readonly conversation: Conversation;
  readonly by?: string;
  readonly members: readonly string[];
}

export type ConversationUpdate = {
  readonly conversation: Conversation;
  readonly by?: string;
} & ({ readonly attributes: JsonObject } | { readonly muted: boolean });

export interface SignRequest {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly phone: string;
  readonly emailVerified: boolean;
  readonly phoneVerified: boolean;
  readonly sessionToken: string;
}

export interface SentMessage {
  readonly conversation: Conversation;
  readonly id: string;
  readonly sender: string;
  readonly content: Content;
  /** Whom it reached at once, and whom it did not. Both empty where they are more than 500, or nobody can name them. */
  readonly online: readonly string[];
  readonly offline: readonly string[];
  readonly transient: boolean;
  readonly receipt: boolean;
  readonly at: number;
  readonly address?: string;
}

export interface ConversationStarted {
  readonly conversation: Conversation;
  readonly by?: string;
}

export interface MembersChanged {
  readonly conversation: Conversation;
  readonly by?: string;
  readonly members: readonly string[];
}

export interface ClientOnline {
  readonly client: string;
  readonly address: string;
  readonly isReconnect: boolean;
  /** The tag whose other sessions had to go. */
  readonly displacing?: string;
}

export interface ClientOffline {
  readonly client: string;
  readonly how: 'logout' | 'lost' | 'displaced' | 'kicked';
  readonly tag?: string;
  readonly address?: string;
  /** Why the server itself cut the connection. */
  readonly cause?: 'silent' | 'no-login' | 'frame-too-long' | 'unparseable' | 'server-failure';
}

/**
 * What a plug-in can do in an app, with the rights of your own server. No hook and no plug-in is asked about it or told
 * of it, so plug-ins cannot answer each other without end.
 *
 * Each of these rejects with {@link ActionRefused}.
 */
export interface App {
  readonly id: string;
  /** Says something in a conversation in the name of a client, who need not be a member. */
  sendMessage(message: OutgoingMessage): Promise<MessageReference>;
  /** Lets a service speak: to some clients, or to all its subscribers. */
  sendServiceMessage(message: ServiceMessage): Promise<MessageReference>;
  /** Takes a message back, as its sender could. */
  recallMessage(message: RecalledMessage): Promise<void>;
  /** `undefined` where there is no such conversation. */
  findConversation(id: string): Promise<ConversationDetails | undefined>;
}

export interface OutgoingMessage {
  readonly conversation: string;
  readonly from: string;
  /** {@link writeText} makes a text message of a text. */
  readonly content: Content;
  readonly transient?: boolean;
  readonly mentions?: readonly string[];
  readonly mentionAll?: boolean;
}

export interface ServiceMessage {
  readonly service: string;
  readonly from: string;
  readonly content: Content;
  /** 1 to 20 clients, or everybody who subscribed. */
  readonly to: readonly string[] | 'subscribers';
}

export interface RecalledMessage {
  readonly conversation: string;
  readonly id: string;
  /** Who sent it, and when. */
  readonly sender: string;
  readonly at: number;
  /** Of what a service said to chosen clients: those of them it is taken back from. */
  readonly to?: readonly string[];
}

export interface MessageReference {
  readonly id: string;
  readonly at: number;
}

export interface ConversationDetails extends Conversation {
  readonly creator?: string;
  /** `name`, `attr` and whatever columns the app has made up. */
  readonly attributes: JsonObject;
  /** In joining order. Empty for chat rooms and services. */
  readonly members: readonly string[];
}

/** The server does not do what a plug-in asked for. The message says why. */
export class ActionRefused extends Error {
  override readonly name = 'ActionRefused';
  /** As clients and REST see it, such as 4401; absent where the request itself was malformed. */
  readonly code: number | undefined;

  constructor(message: string, code?: number) {
    super(message);
    this.code = code;
  }
}

const TEXT_MESSAGE = -1;

/** What people read of a message: the text of a text message, or all of an untyped one; `undefined` for others. */
export function readText(content: Content): string | undefined {
  if (typeof content !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value !== 'object' || value === null || !('_lctype' in value)) return content;
    return '_lctext' in value && typeof value._lctext === 'string' ? value._lctext : undefined;
  } catch {
    return content;
  }
}

/** The content of a text message. */
export function writeText(text: string): string {
  return JSON.stringify({ _lctype: TEXT_MESSAGE, _lctext: text });
}
