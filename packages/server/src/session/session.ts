import { encodeEnvelope } from '@parley/protocol';
import type { Actor } from '../domain/actor.ts';
import type { App } from '../domain/app/app.ts';
import type { AppKey, ClientId, ConversationKey, Milliseconds, SessionId } from '../domain/identifiers.ts';
import type { UnreadState } from '../domain/ports/store.ts';
import type { Push } from '../pushes/push.ts';
import type { Connection, Urgency } from './connection.ts';
import { OrderedLanes } from './ordered-lanes.ts';

/** The service number every messaging push carries: without it Swift and ObjC drop the push (`wire-protocol §8` item 19). */
const MESSAGING_SERVICE = 2;

export interface SessionIdentity {
  readonly id: SessionId;
  readonly app: AppKey;
  readonly client: ClientId;
  /** The device that logged in, under whichever name its SDK sent it. */
  readonly device: string;
  /** Single-login group; absent where the login may coexist with any other. */
  readonly tag: string | undefined;
  /** Feature bits of `session/open`. */
  readonly features: number;
}

interface HeldMessage {
  readonly push: Push;
  readonly urgency: Urgency;
  readonly conversation: ConversationKey;
  readonly timestamp: Milliseconds;
}

/**
 * A client registered on a connection. While it is catching up, messages that arrive live are held, so that each
 * is either counted in the unread summary or pushed after it, never both and never neither.
 */
export class Session {
  readonly identity: SessionIdentity;
  readonly connection: Connection;
  /** Commands that write to one conversation go through in arrival order. */
  readonly lanes = new OrderedLanes();
  /** The small half of a push differs by command only, so each is encoded once. */
  readonly #heads = new Map<number, Uint8Array>();
  #held: HeldMessage[] | undefined;

  constructor(identity: SessionIdentity, connection: Connection) {
    this.identity = identity;
    this.connection = connection;
  }

  /** This session acting within its app, as the app is set up right now. */
  actor(app: App): Actor {
    return { app, client: this.identity.client, session: this.identity.id };
  }

  push(push: Push, urgency: Urgency = 'required'): void {
    let head = this.#heads.get(push.cmd);
    if (head === undefined) {
      head = encodeEnvelope({ cmd: push.cmd, peerId: this.identity.client, service: MESSAGING_SERVICE });
      this.#heads.set(push.cmd, head);
    }
    this.connection.send(head, push.body, urgency);
  }

  pushMessage(push: Push, urgency: Urgency, conversation: ConversationKey, timestamp: Milliseconds): void {
    if (this.#held === undefined) this.push(push, urgency);
    else this.#held.push({ push, urgency, conversation, timestamp });
  }

  holdMessages(): void {
    this.#held ??= [];
  }

  /**
   * Ends the hold. Clients count live messages themselves and take a summary as the new truth, so messages the
   * summary already counts go out before it and all others after.
   */
  releaseMessages(counted: readonly UnreadState[], pushSummary: () => void): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    const countedUpTo = new Map(
      counted.map((state) => [state.conversation.key, state.lastMessage?.timestamp ?? 0]),
    );
    const isCounted = (message: HeldMessage) => isUpTo(countedUpTo, message);
    for (const message of held) if (isCounted(message)) this.push(message.push, message.urgency);
    pushSummary();
    for (const message of held) if (!isCounted(message)) this.push(message.push, message.urgency);
  }

  /** Ends the hold of a client that was sent the messages themselves: those are not sent twice. */
  releaseMessagesAfter(sentUpTo: ReadonlyMap<ConversationKey, Milliseconds>): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const message of held) if (!isUpTo(sentUpTo, message)) this.push(message.push, message.urgency);
  }
}

function isUpTo(moments: ReadonlyMap<ConversationKey, Milliseconds>, message: HeldMessage): boolean {
  return message.timestamp <= (moments.get(message.conversation) ?? Number.NEGATIVE_INFINITY);
}
