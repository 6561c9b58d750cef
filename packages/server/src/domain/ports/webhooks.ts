import type { ConversationKind } from '../conversation/conversation.ts';
import type { AppKey, ClientId, ConversationId, Milliseconds } from '../identifiers.ts';
import type { JsonObject } from '../json.ts';
import type { StoredMessage } from '../message/message.ts';

/** A place in the log of all messages, which is in the order of their commits. */
export type LogPlace = number;

/** Which of the webhooks of an app. */
export type WebhookName = 'messages' | 'service-messages' | 'events';

/**
 * The log of messages as an outbox. Every committed message is in it, in order and on disk, so nothing has to be
 * written for a webhook but how far it has come, and a restart loses nothing.
 */
export interface WebhookRepository {
  /** Where whatever is committed from now on will be after. */
  endOfLog(): Promise<LogPlace>;
  /** Messages of the app after a place, at most `limit`, and up to where the log was looked at for them. */
  messagesAfter(
    app: AppKey,
    place: LogPlace,
    limit: number,
  ): Promise<{ readonly messages: readonly LoggedMessage[]; readonly next: LogPlace }>;
  /** Writes down an event that is to be delivered. Events have a log of their own. */
  addEvent(app: AppKey, event: Omit<LoggedEvent, 'place'>): Promise<void>;
  endOfEvents(): Promise<LogPlace>;
  /** Events of the app after a place, at most `limit`. */
  eventsAfter(app: AppKey, place: LogPlace, limit: number): Promise<readonly LoggedEvent[]>;
  /** Removes events after a place, up to another: those that were taken. */
  forgetEvents(app: AppKey, from: LogPlace, to: LogPlace): Promise<void>;
  /** Everything up to here is delivered, or given up; `undefined` for a webhook that never began. */
  position(app: AppKey, webhook: WebhookName): Promise<LogPlace | undefined>;
  setPosition(app: AppKey, webhook: WebhookName, place: LogPlace): Promise<void>;
  /** Gives up on a part of the log, and moves on in the same step. */
  giveUp(app: AppKey, webhook: WebhookName, letter: Omit<DeadLetter, 'id' | 'webhook'>): Promise<void>;
  /** What was given up, the oldest first. */
  deadLetters(app: AppKey, skip: number, limit: number): Promise<readonly DeadLetter[]>;
  countDeadLetters(app: AppKey): Promise<number>;
  /** False where there is none of this id. */
  removeDeadLetter(app: AppKey, id: number): Promise<boolean>;
  /** Removes what was given up, and events, of before the moment: at most `limit` of each. Returns how many of both. */
  deleteOld(app: AppKey, before: Milliseconds, limit: number): Promise<number>;
}

export interface LoggedMessage {
  readonly place: LogPlace;
  readonly conversation: { readonly id: ConversationId; readonly kind: ConversationKind };
  /** In a service: the client whose exchange with it this is; absent for what is said to many. */
  readonly client?: ClientId;
  /** Set where the client said it to the service. */
  readonly isToService?: true;
  readonly message: StoredMessage;
}

/** Something other than a message, as it is told to the app's backend. */
export interface LoggedEvent {
  readonly place: LogPlace;
  readonly at: Milliseconds;
  readonly data: JsonObject;
}

/** A part of the log that could not be delivered. */
export interface DeadLetter {
  readonly id: number;
  readonly webhook: WebhookName;
  /** The part after `from`, up to `to`. */
  readonly from: LogPlace;
  readonly to: LogPlace;
  readonly messages: number;
  readonly error: string;
  readonly at: Milliseconds;
}
