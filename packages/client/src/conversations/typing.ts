import { type Core, tell } from '../core.ts';
import { parseObject } from '../json.ts';
import { PlainMessage } from '../messages/message-types.ts';
import type { Conversation } from './conversation.ts';

/** The number that demos of this protocol use for it. */
const TYPE = -100;
/** Who is typing says so again after this long at the earliest. */
const REPEAT = 3_000;
/** Who does not say so again has stopped. */
const EXPIRY = 5_000;

/** The transient messages that say who is typing. They are no messages to the app. */
export class Typing {
  readonly #core: Core;
  readonly #conversation: Conversation;
  readonly #cancelExpiry = new Map<string, () => void>();
  #saidAt = Number.NEGATIVE_INFINITY;

  constructor(core: Core, conversation: Conversation) {
    this.#core = core;
    this.#conversation = conversation;
  }

  get clientIds(): readonly string[] {
    return [...this.#cancelExpiry.keys()];
  }

  start(): void {
    const now = this.#core.session.connection.platform.clock.now();
    if (now - this.#saidAt < REPEAT) return;
    this.#saidAt = now;
    this.#say(1);
  }

  /** A message says that its author has stopped; who types on says so at once. */
  sent(): void {
    this.#saidAt = Number.NEGATIVE_INFINITY;
  }

  stop(): void {
    if (this.#saidAt === Number.NEGATIVE_INFINITY) return;
    this.#saidAt = Number.NEGATIVE_INFINITY;
    this.#say(0);
  }

  /** Takes what was heard, if it is about typing. */
  heard(clientId: string, content: string): boolean {
    const fields = content.startsWith('{') ? parseObject(content) : undefined;
    if (fields?._lctype !== TYPE) return false;
    // Another device of this client: nobody waits for oneself.
    if (clientId === this.#core.session.clientId) return true;
    if (fields.status === 1) this.#began(clientId);
    else this.ended(clientId);
    return true;
  }

  /** Also when a message of this client arrives: it is what they typed. */
  ended(clientId: string): void {
    const cancel = this.#cancelExpiry.get(clientId);
    if (cancel === undefined) return;
    cancel();
    this.#cancelExpiry.delete(clientId);
    tell(this.#core, this.#conversation, 'typing', { clientId, isTyping: false });
  }

  #began(clientId: string): void {
    const { clock } = this.#core.session.connection.platform;
    this.#cancelExpiry.get(clientId)?.();
    const isNew = !this.#cancelExpiry.has(clientId);
    this.#cancelExpiry.set(
      clientId,
      clock.after(EXPIRY, () => this.ended(clientId)),
    );
    if (isNew) tell(this.#core, this.#conversation, 'typing', { clientId, isTyping: true });
  }

  /** Nobody waits for it, and nobody misses it if it gets lost. */
  #say(status: 0 | 1): void {
    const message = new PlainMessage(JSON.stringify({ _lctype: TYPE, status }));
    if (this.#core.session.state.name !== 'open') return;
    this.#core.messages.send(this.#conversation, message, { transient: true }).catch(() => {});
  }
}
