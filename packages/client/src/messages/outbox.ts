import { CommandType, type GenericCommand } from '@parley/protocol/wire';
import { backoff } from '../connection/backoff.ts';
import type { Conversation } from '../conversations/conversation.ts';
import { asParleyError, errorFrom, localError, type ParleyError } from '../errors.ts';
import type { Session } from '../session/session.ts';
import { type Message, withEnvelope } from './message.ts';
import { directOptions, priorityNumber, type SendOptions } from './send-options.ts';

const GIVE_UP_AFTER = 5 * 60_000;

/** A message on its way, or one that failed and may be tried again. */
export interface Outgoing {
  readonly conversation: Conversation;
  readonly options: SendOptions;
  /** As it is now. */
  message: Message;
}

/**
 * What is with the server perhaps: it was sent, and no answer has come. Should it be there, it is later than `after`, the
 * time of the newest message that was known then.
 */
export interface Doubt {
  readonly after: number;
  /** Resolves when the server took it, or it failed. */
  readonly decided: Promise<void>;
}

interface Waiting extends Outgoing {
  readonly giveUpAt: number;
  readonly decided: Promise<void>;
  /** What ends its waiting for the ones before it. */
  cancel(): void;
  /** Since it was first sent without an answer. */
  inDoubtAfter?: number | undefined;
  resolve(message: Message): void;
  reject(error: ParleyError): void;
}

/** What the outbox reports. */
export interface OutboxListener {
  /** The messages of this conversation that are not sent changed. */
  changed(conversation: Conversation): void;
  accepted(conversation: Conversation, message: Message): void;
  /** It is to outlive the app, in case that ends before it is decided. */
  unsent(outgoing: Outgoing): void;
  decided(key: string): void;
}

/**
 * Messages on their way, in order: within a conversation one goes out when the one before is with the server or has
 * failed. Each has a token, by which the server knows one that is sent again, so that it is kept once.
 */
export class Outbox {
  readonly #session: Session;
  readonly #listener: OutboxListener;
  readonly #lanes = new Map<string, Waiting[]>();
  readonly #failed = new Map<string, Outgoing>();

  constructor(session: Session, listener: OutboxListener) {
    this.#session = session;
    this.#listener = listener;
  }

  /** Messages of a conversation that are not sent, in the order they were written. */
  of(conversation: Conversation): readonly Message[] {
    const failed = [...this.#failed.values()].filter((each) => each.conversation === conversation);
    const waiting = this.#lanes.get(conversation.id) ?? [];
    return [...failed, ...waiting].map(({ message }) => message).sort((a, b) => a.timestamp - b.timestamp);
  }

  /** Resolves when the server took it; rejects when it failed, which keeps it for {@link retry}. */
  add(conversation: Conversation, message: Message, options: SendOptions): Promise<Message> {
    const { clock } = this.#session.connection.platform;
    const patience = options.giveUpAfter ?? GIVE_UP_AFTER;
    const giveUpAt = clock.now() + patience;
    const lane = this.#lanes.get(conversation.id) ?? [];
    this.#lanes.set(conversation.id, lane);
    let settle: Pick<Waiting, 'resolve' | 'reject'> = { resolve() {}, reject() {} };
    const sent = new Promise<Message>((resolve, reject) => {
      settle = { resolve, reject };
    });
    const decided = sent.then(
      () => {},
      () => {},
    );
    const cancel = clock.after(patience, () => this.#giveUp(lane, waiting));
    const waiting: Waiting = { conversation, message, options, giveUpAt, decided, cancel, ...settle };
    lane.push(waiting);
    this.#listener.unsent(waiting);
    this.#listener.changed(conversation);
    if (lane.length === 1) void this.#work(conversation, lane);
    return sent;
  }

  /** What a page of history or a push may bring before the answer does. */
  doubt(conversation: Conversation): Doubt | undefined {
    const [head] = this.#lanes.get(conversation.id) ?? [];
    if (head?.inDoubtAfter === undefined) return undefined;
    return { after: head.inDoubtAfter, decided: head.decided };
  }

  /** Sends a failed one again, with the token it had. */
  async retry(message: Message): Promise<Message> {
    const outgoing = this.#takeFailed(message);
    const sending = withEnvelope(outgoing.message, { status: 'sending', error: undefined });
    return this.add(outgoing.conversation, sending, outgoing.options);
  }

  discard(message: Message): void {
    this.#listener.changed(this.#takeFailed(message).conversation);
    this.#listener.decided(message.key);
  }

  /** One that an earlier run of the app had failed with. */
  restoreFailed(outgoing: Outgoing): void {
    this.#failed.set(outgoing.message.key, outgoing);
  }

  /** Sends one that is of no use later: once, at once, past all others. */
  async sendOnce(outgoing: Outgoing): Promise<Message> {
    if (this.#session.state.name !== 'open') throw localError('CONNECTION_LOST', 'There is no connection.');
    return accepted(outgoing.message, await this.#session.request(commandOf(outgoing)));
  }

  async #work(conversation: Conversation, lane: Waiting[]): Promise<void> {
    for (let head = lane[0]; head !== undefined; head = lane[0]) {
      head.cancel();
      const outcome = await this.#sendUntilDecided(head).catch((error: unknown) => asParleyError(error));
      lane.shift();
      if (lane.length === 0) this.#lanes.delete(conversation.id);
      if (outcome instanceof Error) this.#fail(head, outcome);
      else {
        this.#listener.accepted(conversation, outcome);
        this.#listener.decided(outcome.key);
        head.resolve(outcome);
      }
      this.#listener.changed(conversation);
      // Meanwhile somebody may have begun another lane for the same conversation.
      if (this.#lanes.get(conversation.id) !== lane) return;
    }
  }

  async #sendUntilDecided(waiting: Waiting): Promise<Message> {
    const { clock, random } = this.#session.connection.platform;
    for (let attempt = 1; ; attempt++) {
      const left = waiting.giveUpAt - clock.now();
      const { inDoubtAfter } = waiting;
      try {
        await this.#session.whenOpen(Math.max(left, 0));
        waiting.inDoubtAfter = inDoubtAfter ?? waiting.conversation.lastMessage?.timestamp ?? 0;
        return accepted(waiting.message, await this.#session.request(commandOf(waiting)));
      } catch (error) {
        const refusal = asParleyError(error);
        // An answer says that it is not there, unless it was sent before.
        if (!refusal.isUnanswered) waiting.inDoubtAfter = inDoubtAfter;
        if (!refusal.isPassing || clock.now() >= waiting.giveUpAt) throw refusal;
        // A lost connection brings its own waiting; what is too fast or too much is asked later.
        if (refusal.reason === 'CONNECTION_LOST') continue;
        const delay = Math.min(backoff(attempt, random), waiting.giveUpAt - clock.now());
        await new Promise<void>((resolve) => clock.after(delay, resolve));
      }
    }
  }

  /** It was not sent yet, so it holds nobody up. */
  #giveUp(lane: Waiting[], waiting: Waiting): void {
    lane.splice(lane.indexOf(waiting), 1);
    this.#fail(waiting, localError('TIMEOUT'));
    this.#listener.changed(waiting.conversation);
  }

  #fail(waiting: Waiting, error: ParleyError): void {
    const message = withEnvelope(waiting.message, { status: 'failed', error });
    const failed = { conversation: waiting.conversation, options: waiting.options, message };
    this.#failed.set(message.key, failed);
    this.#listener.unsent(failed);
    waiting.reject(error);
  }

  #takeFailed(message: Message): Outgoing {
    const outgoing = this.#failed.get(message.key);
    if (outgoing === undefined) throw localError('INVALID_ARGUMENT', 'This message has not failed.');
    this.#failed.delete(message.key);
    return outgoing;
  }
}

function commandOf({ conversation, message, options }: Outgoing): GenericCommand {
  const content = message.encode();
  return {
    cmd: CommandType.direct,
    priority: priorityNumber(options),
    directMessage: {
      cid: conversation.id,
      dt: message.key,
      ...(typeof content === 'string' ? { msg: content } : { binaryMsg: content }),
      ...directOptions(options),
    },
  };
}

/** @throws ParleyError where the acknowledgement is a refusal */
function accepted(message: Message, { ackMessage = {} }: GenericCommand): Message {
  const { code, reason, appCode, appMsg, uid, t } = ackMessage;
  if (code !== undefined || appCode !== undefined) throw errorFrom({ code, reason, appCode, appMsg });
  return withEnvelope(message, {
    status: 'sent',
    id: uid,
    timestamp: t ?? message.timestamp,
    error: undefined,
  });
}
