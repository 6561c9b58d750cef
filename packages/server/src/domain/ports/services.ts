import type {
  AppKey,
  ClientId,
  ConversationId,
  ConversationKey,
  MessageId,
  Milliseconds,
} from '../identifiers.ts';
import type { StoredMessage } from '../message/message.ts';
import type { ConversationRef } from './conversations.ts';
import type { MessageDraft } from './messages.ts';

/**
 * What the store keeps for service conversations (`semantics §7`).
 *
 * A service may have a million subscribers, so nothing is ever written once per subscriber. It has several logs, and a
 * client's view of it is their merge by (timestamp, id):
 * - the log of the conversation itself: what is said to all subscribers; its members are the subscribers;
 * - a log for each client that ever exchanged a message with it: what is said to that client, and what it said;
 * - a log of what is said to everybody in the app, with the time until which each of these is still delivered.
 * Within the view of any client times are strictly increasing in the order of commits, whatever log a message is in.
 *
 * `MemberStateRepository` and `patchedSince` take and return the service's own key and record for all of these.
 */
export interface ServiceRepository {
  /** Subscribing again keeps the first moment. */
  subscribe(
    service: ConversationRef,
    client: ClientId,
    now: Milliseconds,
  ): Promise<'new' | 'known' | 'no-conversation'>;
  /** False where the client was no subscriber. */
  unsubscribe(service: ConversationRef, client: ClientId): Promise<boolean>;
  /** False where the client is no subscriber. */
  setMuted(service: ConversationRef, client: ClientId, muted: boolean): Promise<boolean>;
  /** Of these services, the ones the client subscribed to. */
  subscriptions(client: ClientId, services: readonly ConversationKey[]): Promise<readonly Subscription[]>;
  /** Everything the client subscribed to, in a page: from the oldest subscription on, or from the newest. */
  subscriptionsOf(app: AppKey, client: ClientId, page: SubscriptionPage): Promise<readonly Subscription[]>;
  /** Subscribers in the order of their ids (UTF-8), from the one after `after`. */
  subscribers(
    service: ConversationKey,
    after: ClientId | undefined,
    limit: number,
  ): Promise<readonly Subscription[]>;
  countSubscribers(service: ConversationKey): Promise<number>;
  /** The logs a client sees the service through. */
  logsOf(service: ConversationRef, client: ClientId): Promise<ServiceLogs>;
  /** One message for all who subscribed. `undefined` where the service is gone. */
  sendToSubscribers(
    draft: ServiceMessageDraft,
  ): Promise<{ readonly id: MessageId; readonly timestamp: Milliseconds } | undefined>;
  /**
   * Hides what was said to all subscribers from one of them, as if it had never been said to it: for as long as the
   * message exists, also if the client leaves and comes back. Everybody else sees it, and so do operators.
   */
  hide(service: ConversationRef, client: ClientId, message: HiddenMessage): Promise<HideOutcome>;
  /** Lets the exchange of a client with a service be found by its name, although nobody said anything in it yet. */
  nameExchange(service: ConversationRef, client: ClientId, now: Milliseconds): Promise<void>;
  /** Whose exchange with which service goes by this name (`service-log-key.ts`). */
  exchangeNamed(app: AppKey, logKey: string): Promise<Exchange | undefined>;
  /** One message, with one id and time, into the log of each of these clients. */
  sendToClients(
    draft: ServiceMessageDraft & { readonly clients: readonly ClientId[] },
  ): Promise<SentToClients>;
  /** A client says something to the service. Refused only where the service is gone. */
  receive(draft: ServiceMessageDraft): Promise<SentToClients>;
  /** What clients said to services, oldest first unless `newestFirst`. */
  received(query: ReceivedQuery): Promise<readonly ReceivedMessage[]>;
  /** Says something to everybody in the app, and to whoever comes until `validUntil`. */
  broadcast(
    draft: ServiceMessageDraft & { readonly validUntil: Milliseconds },
  ): Promise<
    { readonly id: MessageId; readonly timestamp: Milliseconds; readonly log: ConversationKey } | undefined
  >;
  /** Broadcasts of a service that are still delivered, newest first. */
  broadcasts(
    service: ConversationRef,
    now: Milliseconds,
    skip: number,
    limit: number,
  ): Promise<readonly Broadcast[]>;
  /** Takes a broadcast back; false where the app has none of this id. */
  withdrawBroadcast(app: AppKey, id: MessageId): Promise<boolean>;
  /**
   * Remembers that the app has this client, since `now` unless it is known: who comes later than a broadcast gets only
   * the newest.
   */
  rememberClient(app: AppKey, client: ClientId, now: Milliseconds): Promise<void>;
}

export interface Subscription {
  readonly service: { readonly key: ConversationKey; readonly id: ConversationId };
  readonly client: ClientId;
  readonly since: Milliseconds;
  readonly muted: boolean;
}

export interface SubscriptionPage {
  /** The last one of the page before. */
  readonly after?: { readonly id: ConversationId; readonly since: Milliseconds };
  readonly newestFirst: boolean;
  readonly limit: number;
}

export interface Exchange {
  readonly service: ConversationId;
  readonly client: ClientId;
}

export interface ServiceLogs {
  /** The service's own, for subscribers. */
  readonly subscribers?: ConversationKey;
  /** Absent as long as nothing was said between the two. */
  readonly own?: ConversationKey;
  /** Absent as long as nothing was said to everybody. */
  readonly everyone?: ConversationKey;
}

export interface ServiceMessageDraft extends Omit<MessageDraft, 'conversation' | 'membersOnly'> {
  readonly service: ConversationRef;
}

export interface HiddenMessage {
  readonly id: MessageId;
  readonly timestamp: Milliseconds;
  /** Refuse unless this client wrote the message. */
  readonly author?: ClientId;
  /** From how many clients one message may be hidden. */
  readonly limit: number;
  readonly now: Milliseconds;
}

/** `not-found` is also a message that the client does not see, because it did not subscribe or it is hidden already. */
export type HideOutcome = 'hidden' | 'not-found' | 'not-the-author' | 'hidden-from-too-many';

export type SentToClients =
  | {
      readonly state: 'appended';
      readonly id: MessageId;
      readonly timestamp: Milliseconds;
      /** Where each client's copy is. */
      readonly logs: readonly { readonly client: ClientId; readonly log: ConversationKey }[];
    }
  | { readonly state: 'duplicate'; readonly id: MessageId; readonly timestamp: Milliseconds }
  | { readonly state: 'refused'; readonly reason: 'no-conversation' };

export interface ReceivedQuery {
  readonly app: AppKey;
  readonly service?: ConversationKey;
  readonly sender?: ClientId;
  /** Ends included. */
  readonly from?: Milliseconds;
  readonly to?: Milliseconds;
  readonly newestFirst: boolean;
  readonly skip: number;
  readonly limit: number;
}

export interface ReceivedMessage {
  readonly service: { readonly key: ConversationKey; readonly id: ConversationId };
  readonly message: StoredMessage;
}

export interface Broadcast {
  readonly message: StoredMessage;
  readonly validUntil: Milliseconds;
}
