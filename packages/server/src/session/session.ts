import { CommandType, encodeEnvelope } from '@parley/protocol';
import type { ClientActor } from '../domain/actor.ts';
import type { App } from '../domain/app/app.ts';
import type { AppKey, ClientId, ConversationKey, MessageId, SessionId } from '../domain/identifiers.ts';
import type { UnreadState } from '../domain/ports/member-states.ts';
import type { InSequence } from '../pushes/delivery.ts';
import type { Push } from '../pushes/push.ts';
import type { Connection, Urgency } from './connection.ts';
import { ListenedServices } from './listened-services.ts';
import { OrderedLanes } from './ordered-lanes.ts';

/** The service number every messaging push carries: without it Swift and ObjC drop the push (`wire-protocol §8` item 19). */
const MESSAGING_SERVICE = 2;
const NO_HEAD = new Uint8Array();

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

interface Held extends InSequence {
  readonly push: Push;
  readonly urgency: Urgency;
}

/**
 * A client registered on a connection. While it is catching up, messages and what is said about them are held, so
 * that each is either contained in the unread summary or pushed after it, never both and never neither.
 */
export class Session {
  readonly connection: Connection;
  /** Commands that write to one conversation go through in arrival order. */
  readonly lanes = new OrderedLanes();
  readonly services = new ListenedServices();
  /** The small half of a push differs by command only, so each is encoded once. */
  readonly #heads = new Map<number, Uint8Array>();
  /** The command whose head was needed last, and that head: in a room all pushes are messages. */
  #lastCmd: number | undefined;
  #lastHead: Uint8Array = NO_HEAD;
  readonly #told = new Map<number, number>();
  #held: Held[] | undefined;
  #identity: SessionIdentity;

  constructor(identity: SessionIdentity, connection: Connection) {
    this.#identity = identity;
    this.connection = connection;
  }

  get identity(): SessionIdentity {
    return this.#identity;
  }

  /** The device goes by another name from now on. */
  renameDevice(device: string): void {
    this.#identity = { ...this.#identity, device };
  }

  /** This session acting within its app, as the app is set up right now. */
  actor(app: App): ClientActor {
    return {
      app,
      client: this.identity.client,
      session: this.identity.id,
      address: this.connection.remoteAddress,
    };
  }

  push(push: Push, urgency: Urgency = 'required'): void {
    this.tell(push.cmd);
    this.connection.send(this.#headOf(push.cmd), push.body, urgency);
  }

  /** How often it was told of a change so far, by pushes of this command or by the answer to a change of its own. */
  told(cmd: number): number {
    return this.#told.get(cmd) ?? 0;
  }

  /** Notes that it is told of a change now. Messages change nothing that was read before. */
  tell(cmd: number): void {
    if (cmd === CommandType.direct) return;
    this.#told.set(cmd, this.told(cmd) + 1);
  }

  #headOf(cmd: number): Uint8Array {
    if (cmd === this.#lastCmd) return this.#lastHead;
    let head = this.#heads.get(cmd);
    if (head === undefined) {
      head = encodeEnvelope({ cmd, peerId: this.identity.client, service: MESSAGING_SERVICE });
      this.#heads.set(cmd, head);
    }
    this.#lastCmd = cmd;
    this.#lastHead = head;
    return head;
  }

  pushInSequence(push: Push, urgency: Urgency, place: InSequence): void {
    if (this.#held !== undefined) this.#held.push({ push, urgency, ...place });
    else if (this.#isFor(place)) this.push(push, urgency);
  }

  get isCatchingUp(): boolean {
    return this.#held !== undefined;
  }

  hold(): void {
    this.#held ??= [];
  }

  /**
   * Ends the hold. Clients count live messages themselves and take a summary as the new truth, so messages the
   * summary already counts go out before it and all others after. What is held of a conversation is in the order of
   * its commits: what comes before a message of the summary is older than the summary, and a count that is older is
   * not sent at all.
   */
  release(summary: readonly UnreadState[], pushSummary: () => void): void {
    const held = this.#endHold();
    const newest = new Map(
      summary.flatMap(({ conversation, lastMessage, logs }) =>
        (logs ?? [{ key: conversation.key, upTo: lastMessage?.timestamp ?? Number.NEGATIVE_INFINITY }]).map(
          ({ key, upTo }) => [key, upTo] as const,
        ),
      ),
    );
    const lastCovered = new Map<ConversationKey, number>();
    for (const [index, { conversation, message }] of held.entries()) {
      if (message === undefined) continue;
      if (message.timestamp <= (newest.get(conversation) ?? Number.NEGATIVE_INFINITY))
        lastCovered.set(conversation, index);
    }
    const isCovered = (index: number, { conversation }: Held) =>
      index <= (lastCovered.get(conversation) ?? -1);
    for (const [index, one] of held.entries()) {
      if (isCovered(index, one) && one.push.cmd !== CommandType.unread) this.push(one.push, one.urgency);
    }
    pushSummary();
    for (const [index, one] of held.entries()) if (!isCovered(index, one)) this.push(one.push, one.urgency);
  }

  /** Ends the hold of a client that was sent missed messages themselves: those are not sent twice. */
  releaseExcept(sent: ReadonlySet<MessageId>): void {
    for (const { push, urgency, message } of this.#endHold()) {
      if (message === undefined || !sent.has(message.id)) this.push(push, urgency);
    }
  }

  #isFor({ subscribersOf }: InSequence): boolean {
    return subscribersOf === undefined || this.services.includes(subscribersOf) === true;
  }

  #endHold(): readonly Held[] {
    const held = this.#held ?? [];
    this.#held = undefined;
    return held.filter((one) => this.#isFor(one));
  }
}
