import { randomUUID } from 'node:crypto';
import { TestClient } from '@parley/testkit';
import type {
  Conversation,
  ConversationBase,
  IMClient,
  Message,
  Plugin,
  Realtime,
  TextMessage,
} from 'leancloud-realtime';
import { afterAll, afterEach, beforeAll, describe, vi } from 'vitest';
import { once, patience } from './events.ts';
import { Event, type Sdk, sdks } from './sdk.ts';
import { openTarget, type Target } from './target.ts';

/** A name nobody else has used: scenarios of all files may share one server. */
export function uniqueId(prefix = 'client'): string {
  return `${prefix}-${randomUUID().slice(0, 18)}`;
}

export interface RealtimeOptions {
  readonly noBinary?: boolean;
  readonly plugins?: readonly Plugin[];
  /** Only 4.3.1: missed messages come by themselves instead of an unread summary. */
  readonly pushOfflineMessages?: boolean;
}

export interface LoginOptions {
  /** Log in on this connection instead of a new device. */
  readonly on?: Realtime;
  readonly tag?: string;
  readonly isReconnect?: boolean;
}

/** What the SDKs keep to themselves but a test of connections has to reach. */
interface Connection {
  readonly current: string;
  /** Sends an echo and resolves with the answer. */
  ping(): Promise<{ readonly i: number }>;
  readonly _ws: { terminate?(): void; close(): void } | null;
}

interface Internals {
  readonly _connection: Connection;
  readonly _options: { appId: string };
  _fetchAllReceiptTimestamps(): Promise<{ pid: string; lastDeliveredAt: Date; lastReadAt: Date }[]>;
  pause(): void;
  resume(): void;
}

/** The devices, clients and conversations of the scenarios of one SDK. Everything is ended after each test. */
export class Stage {
  readonly sdk: Sdk;
  readonly #target: () => Target;
  readonly #realtimes: Realtime[] = [];
  readonly #raw: TestClient[] = [];
  readonly #devices = new WeakMap<IMClient, Realtime>();

  constructor(sdk: Sdk, target: () => Target) {
    this.sdk = sdk;
    this.#target = target;
  }

  get target(): Target {
    return this.#target();
  }

  /** One device: a connection that is opened by the first login. */
  device(options: RealtimeOptions = {}): Realtime {
    const { url, wsUrl, appId, appKey } = this.target;
    const { plugins, ...rest } = options;
    const realtime = new this.sdk.im.Realtime({
      // 5 allows one Realtime per app and process. A test needs several devices, so each says its app afterwards.
      appId: `${appId}-device-${uniqueId()}`,
      appKey,
      ssl: url.startsWith('https:'),
      ...rest,
      ...(plugins !== undefined && { plugins: [...plugins] }),
      // 4.3.1 asks its router over TLS whatever the address says, so it is told the WebSocket address.
      ...(this.sdk.major === 4 ? { server: new URL(url).host, RTMServers: wsUrl } : { server: url }),
    });
    internals(realtime)._options.appId = appId;
    this.#realtimes.push(realtime);
    return realtime;
  }

  /** Logs in, on a device of its own unless another is named. */
  async login(id: string = uniqueId(), options: LoginOptions = {}): Promise<IMClient> {
    const { on: realtime = this.device(), ...session } = options;
    const client = await realtime.createIMClient(id, session);
    this.#devices.set(client, realtime);
    return client;
  }

  /** Several clients, each on a device of its own. */
  logins<const Names extends readonly string[]>(
    ...names: Names
  ): Promise<{ [Index in keyof Names]: IMClient }> {
    return Promise.all(names.map((name) => this.login(uniqueId(name)))) as Promise<{
      [Index in keyof Names]: IMClient;
    }>;
  }

  deviceOf(client: IMClient): Realtime {
    const realtime = this.#devices.get(client);
    if (realtime === undefined) throw new Error(`${client.id} did not log in through the stage.`);
    return realtime;
  }

  /** A client below the SDK, for what an SDK would hide. */
  async raw(peerId?: string): Promise<TestClient> {
    const client =
      peerId === undefined
        ? await TestClient.connect(this.target.wsUrl)
        : await TestClient.open(this.target, peerId);
    this.#raw.push(client);
    return client;
  }

  /** A conversation of these people. Members known only by id need not be online. */
  async conversation(
    creator: IMClient,
    members: readonly (IMClient | string)[],
    attributes: Readonly<Record<string, unknown>> = {},
  ): Promise<Conversation> {
    const ids = members.map((member) => (typeof member === 'string' ? member : member.id));
    // 5 asks for a unique conversation when nothing is said; 4.3.1 has to be told.
    const unique = this.sdk.major === 4 ? { unique: true } : {};
    return (await creator.createConversation({ members: ids, ...unique, ...attributes })) as Conversation;
  }

  /** The same conversation as another client sees it. */
  async seenBy(client: IMClient, conversation: ConversationBase): Promise<Conversation> {
    const seen = await client.getConversation(conversation.id);
    if (seen === null) throw new Error(`${client.id} does not find conversation ${conversation.id}.`);
    return seen as Conversation;
  }

  text(content: string): TextMessage {
    return new this.sdk.im.TextMessage(content);
  }

  say(conversation: ConversationBase, content: string): Promise<TextMessage> {
    return conversation.send(this.text(content));
  }

  /** Sends one after another, so that the order is known. */
  async sayAll(conversation: ConversationBase, contents: readonly string[]): Promise<TextMessage[]> {
    const sent: TextMessage[] = [];
    for (const content of contents) sent.push(await this.say(conversation, content));
    return sent;
  }

  /** Loses the connection of a device as a bad network does, and keeps the SDK from coming back by itself. */
  async disconnect(client: IMClient): Promise<void> {
    const realtime = this.deviceOf(client);
    const disconnected = once(realtime, Event.DISCONNECT);
    const socket = internals(client)._connection._ws;
    if (socket?.terminate !== undefined) socket.terminate();
    else socket?.close();
    await disconnected;
    internals(realtime).pause();
  }

  /** Gives a device its network back and resolves when this client is logged in again. */
  async reconnect(client: IMClient): Promise<void> {
    const realtime = this.deviceOf(client);
    const back = once(client, Event.RECONNECT);
    internals(realtime).resume();
    realtime.retry();
    await back;
  }

  /** Resolves once the server no longer takes `id` for online. */
  async gone(observer: IMClient, id: string): Promise<void> {
    await eventually(async () => {
      const online = await observer.ping([id]);
      if (online.length > 0) throw new Error(`${id} is still online.`);
    });
  }

  /** Two round trips: what the server had to tell this client has arrived and was handed on by the SDK. */
  async settled(client: IMClient): Promise<void> {
    await client.ping([client.id]);
    await client.ping([client.id]);
  }

  /** Ends every device. */
  async clear(): Promise<void> {
    for (const realtime of this.#realtimes.splice(0)) internals(realtime).pause();
    await Promise.all(this.#raw.splice(0).map((client) => client.terminate()));
  }
}

export interface SuiteOptions {
  /** The SDKs that have the feature at all; both unless named. */
  readonly majors?: readonly Sdk['major'][];
}

/**
 * The scenarios of one theme, run with every SDK against one server.
 *
 * @example
 * suite('sending', (stage) => {
 *   test('[F-MSG-16] a text arrives as it was sent', async () => { … });
 * });
 */
export function suite(theme: string, scenarios: (stage: Stage) => void, options: SuiteOptions = {}): void {
  let target: Target | undefined;
  beforeAll(async () => {
    target = await openTarget();
  });
  afterAll(() => target?.close());

  const able = sdks.filter(({ major }) => options.majors?.includes(major) ?? true);
  describe.each(able)(`${theme} with $name`, (sdk) => {
    const stage = new Stage(sdk, () => {
      if (target === undefined) throw new Error('The server under test has not started.');
      return target;
    });
    afterEach(() => stage.clear());
    scenarios(stage);
  });
}

/** Runs a check until it passes. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: patience, interval: 15 });
}

export function internals(part: unknown): Internals {
  return part as Internals;
}

/** The texts of messages, in their order. */
export function texts(messages: readonly Message[]): string[] {
  return messages.map((message) => (message as TextMessage).text);
}
