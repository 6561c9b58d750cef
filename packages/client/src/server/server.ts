import { localError, ParleyError, type Reason } from '../errors.ts';
import {
  asNumber,
  asString,
  asStrings,
  isObject,
  type JsonObject,
  type JsonValue,
  parseJson,
} from '../json.ts';
import type { Message } from '../messages/message.ts';
import { TextMessage } from '../messages/message-types.ts';
import type { Priority } from '../messages/send-options.ts';

export interface ServerOptions {
  /** Of the server, such as `https://chat.example.com`. */
  readonly url: string;
  readonly appId: string;
  /** May do everything in the app; it never leaves the app's server. */
  readonly masterKey: string;
  /** Instead of the global `fetch`. */
  readonly fetch?: typeof fetch;
}

/** Where the app's server speaks: a conversation, a chat room, or as a service to some of its subscribers or to all. */
export type Target =
  | { readonly conversation: string }
  | { readonly chatRoom: string }
  | { readonly service: string; readonly to: readonly string[] | 'subscribers' };

export interface ServerSendOptions {
  /** Shown as the sender; it needs neither to be logged in nor to be a member. */
  readonly from: string;
  readonly transient?: boolean;
  readonly mention?: readonly string[] | 'everyone';
  /** What devices show that are offline. */
  readonly push?: JsonObject;
  readonly priority?: Priority;
}

export interface SentByServer {
  readonly messageId: string;
  /** Milliseconds. */
  readonly timestamp: number;
}

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: JsonValue;
}

/**
 * The REST API for an app's own server, with the master key. What has no method here is reached by {@link ParleyServer.request}.
 *
 * @example
 * const server = createServer({ url: 'https://chat.example.com', appId, masterKey });
 * await server.send({ conversation: id }, 'Your order is on its way.', { from: 'shop' });
 */
export function createServer(options: ServerOptions): ParleyServer {
  return new ParleyServer(options);
}

/** Made by {@link createServer}. Every method throws a {@link ParleyError} with the code of the answer. */
export class ParleyServer {
  readonly #options: ServerOptions;

  /** @internal */
  constructor(options: ServerOptions) {
    this.#options = { ...options, url: options.url.replace(/\/+$/, '') };
  }

  /** Makes a basic conversation, or takes the one these members have if it is to be `unique`. Answers its id. */
  async createConversation(conversation: {
    readonly members: readonly string[];
    readonly name?: string;
    readonly attributes?: JsonObject;
    readonly unique?: boolean;
  }): Promise<string> {
    const { members, name, attributes, unique } = conversation;
    const body = { m: members, ...given({ name, attr: attributes, unique }) };
    return idOf(await this.request('POST', '/1.2/rtm/conversations', { body }));
  }

  /** Makes a service and answers its id. */
  async createService(name: string, attributes?: JsonObject): Promise<string> {
    const body = { name, ...given({ attr: attributes }) };
    return idOf(await this.request('POST', '/1.2/rtm/service-conversations', { body }));
  }

  async createChatRoom(name: string, attributes?: JsonObject): Promise<string> {
    const body = { name, ...given({ attr: attributes }) };
    return idOf(await this.request('POST', '/1.2/rtm/chatrooms', { body }));
  }

  async addMembers(conversationId: string, clientIds: readonly string[]): Promise<void> {
    const path = `/1.2/rtm/conversations/${encodeURIComponent(conversationId)}/members`;
    await this.request('POST', path, { body: { client_ids: clientIds } });
  }

  async removeMembers(conversationId: string, clientIds: readonly string[]): Promise<void> {
    const path = `/1.2/rtm/conversations/${encodeURIComponent(conversationId)}/members`;
    await this.request('DELETE', path, { body: { client_ids: clientIds } });
  }

  async subscribe(serviceId: string, clientId: string): Promise<void> {
    const path = `/1.2/rtm/service-conversations/${encodeURIComponent(serviceId)}/subscribers`;
    await this.request('POST', path, { body: { client_id: clientId } });
  }

  async unsubscribe(serviceId: string, clientId: string): Promise<void> {
    const subscriber = encodeURIComponent(clientId);
    const path = `/1.2/rtm/service-conversations/${encodeURIComponent(serviceId)}/subscribers/${subscriber}`;
    await this.request('DELETE', path);
  }

  /** Says something. A text is sent as a {@link TextMessage}. */
  async send(target: Target, content: Message | string, options: ServerSendOptions): Promise<SentByServer> {
    const message = (typeof content === 'string' ? new TextMessage(content) : content).encode();
    if (typeof message !== 'string') throw localError('INVALID_ARGUMENT', 'REST carries no bytes.');
    const { from, transient, mention, push, priority } = options;
    const body = {
      from_client: from,
      message,
      ...('service' in target && target.to !== 'subscribers' && { to_clients: target.to }),
      ...(mention === 'everyone' ? { mention_all: true } : given({ mention_client_ids: mention })),
      ...(push !== undefined && { [isBroadcast(target) ? 'push' : 'push_data']: push }),
      ...given({ transient, priority }),
    };
    const { 'msg-id': messageId, timestamp } = await this.request('POST', pathTo(target), { body });
    if (typeof messageId !== 'string' || typeof timestamp !== 'number') throw notOurs();
    return { messageId, timestamp };
  }

  /** Those of these clients (20 at most) that are logged in. */
  async onlineClients(clientIds: readonly string[]): Promise<readonly string[]> {
    const { results } = await this.request('POST', '/1.2/rtm/clients/check-online', {
      body: { client_ids: clientIds },
    });
    if (!Array.isArray(results)) throw notOurs();
    return asStrings(results);
  }

  /** Ends the sessions of a client. It may log in again unless the app stops signing for it. */
  async kick(clientId: string, reason = ''): Promise<void> {
    await this.request('POST', `/1.2/rtm/clients/${encodeURIComponent(clientId)}/kick`, { body: { reason } });
  }

  /** Anything else of the API. The answer is the object that came, whatever is in it; check it before you rely on it. */
  async request(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    { query = {}, body }: RequestOptions = {},
  ): Promise<JsonObject> {
    const { url, appId, masterKey, fetch = globalThis.fetch } = this.#options;
    const search = new URLSearchParams(
      Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)])),
    );
    const { ok, status, text } = await answerOf(
      fetch(`${url}${path}${search.size === 0 ? '' : `?${search}`}`, {
        method,
        headers: {
          'X-LC-Id': appId,
          'X-LC-Key': `${masterKey},master`,
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    );
    const answer = parseJson(text);
    if (ok && Array.isArray(answer)) return { results: answer };
    // Some answers have no body.
    if (ok && !isObject(answer) && text !== '') throw notOurs();
    const fields = isObject(answer) ? answer : {};
    if (ok) return fields;
    const error = asString(fields.error) ?? `HTTP status ${status}`;
    const code = asNumber(fields.code) ?? status;
    throw new ParleyError(reasonOf(status, code, error), code, { detail: error });
  }
}

/** Where a hook of the app refused, the server says what the hook said, and not which refusal that is. */
const OF_HOOKS: Readonly<Record<number, Reason>> = {
  4305: 'CONVERSATION_REJECTED_BY_APP',
  4402: 'MESSAGE_REJECTED_BY_APP',
  4405: 'MESSAGE_UPDATE_REJECTED_BY_APP',
};

async function answerOf(responding: Promise<Response>) {
  try {
    const response = await responding;
    return { ok: response.ok, status: response.status, text: await response.text() };
  } catch (cause) {
    throw localError('HTTP_FAILED', 'The server could not be reached over HTTP.', { cause });
  }
}

/** The text of a refusal is its name, or a sentence where the API that callers know has one there. */
function reasonOf(status: number, code: number, text: string): Reason | (string & {}) {
  const named = OF_HOOKS[code] ?? (/^[A-Z_]+$/.test(text) ? text : undefined);
  if (named !== undefined) return named;
  if (status === 429) return 'MESSAGE_SENT_QUOTA_EXCEEDED';
  return status >= 500 ? 'HTTP_FAILED' : `ERROR_${code}`;
}

/** A page, or the answer of something else: that the same call succeeds later is not to be hoped for. */
function notOurs(): ParleyError {
  return localError('INVALID_ARGUMENT', 'What answers there is no Parley server; check the url.');
}

const isBroadcast = (target: Target) => 'service' in target && target.to === 'subscribers';

function pathTo(target: Target): string {
  if ('conversation' in target)
    return `/1.2/rtm/conversations/${encodeURIComponent(target.conversation)}/messages`;
  if ('chatRoom' in target) return `/1.2/rtm/chatrooms/${encodeURIComponent(target.chatRoom)}/messages`;
  const service = `/1.2/rtm/service-conversations/${encodeURIComponent(target.service)}`;
  return `${service}/${isBroadcast(target) ? 'broadcasts' : 'messages'}`;
}

function idOf({ objectId }: JsonObject): string {
  if (typeof objectId !== 'string') throw notOurs();
  return objectId;
}

/** Without what is `undefined`: JSON has no word for it. */
function given(fields: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
