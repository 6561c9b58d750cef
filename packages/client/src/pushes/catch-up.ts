import type { GenericCommand } from '@parley/protocol/wire';
import { backoff } from '../connection/backoff.ts';
import { type Core, tell } from '../core.ts';
import { asParleyError } from '../errors.ts';
import { missedEvents } from './missed-events.ts';

interface Absence {
  since: number;
  readonly until: number;
}

/** After a loss of the connection: what is not unread any more, what happened to conversations, and back into the chat room. */
export class CatchUp {
  readonly #core: Core;
  readonly #handle: (command: GenericCommand) => void;
  /** What is not asked for yet, the oldest first. More than one where a connection was lost before all was told. */
  readonly #absences: Absence[] = [];
  #isAsking = false;

  constructor(core: Core, handle: (command: GenericCommand) => void) {
    this.#core = core;
    this.#handle = handle;
    core.session.on('opened', ({ serverTime, eventsSince, unreadSince }) => {
      if (unreadSince === undefined) this.#forgetUnread();
      if (eventsSince === undefined) return;
      this.#absences.push({ since: eventsSince, until: serverTime });
      void this.#rejoin();
      if (!this.#isAsking) void this.#ask();
    });
  }

  #forgetUnread(): void {
    for (const conversation of this.#core.conversations.all()) {
      conversation.unreadCounter.forget();
      conversation.applyUnread();
    }
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    for (let absence = this.#absences[0]; absence !== undefined; absence = this.#absences[0]) {
      const asked = absence;
      const isDone = await this.#whileOpen(async () => {
        for await (const command of missedEvents(this.#core, asked.since, asked.until)) {
          asked.since = Math.max(asked.since, command.serverTs ?? 0);
          this.#handle(command);
        }
      }).catch(() => true);
      if (isDone) this.#absences.shift();
      // The next login goes on.
      else if (this.#core.session.state.name !== 'open') break;
    }
    this.#isAsking = false;
  }

  async #rejoin(): Promise<void> {
    const { conversations } = this.#core;
    const { room } = conversations;
    if (room === undefined) return;
    try {
      await this.#whileOpen(async () => {
        if (conversations.room === room) await room.join();
      });
    } catch {
      if (conversations.room !== room) return;
      conversations.room = undefined;
      tell(this.#core, room, 'left', { by: undefined });
    }
  }

  /**
   * Tries until it succeeds.
   *
   * @returns whether it did, before the connection was lost
   * @throws ParleyError why it never will
   */
  async #whileOpen(act: () => Promise<void>): Promise<boolean> {
    const { session } = this.#core;
    const { clock, random } = session.connection.platform;
    const { state } = session;
    for (let attempt = 1; ; attempt++) {
      try {
        await act();
        return true;
      } catch (error) {
        if (session.state !== state) return false;
        const refusal = asParleyError(error);
        if (!refusal.isPassing) throw refusal;
      }
      await new Promise<void>((resolve) => clock.after(backoff(attempt, random), resolve));
      if (session.state !== state) return false;
    }
  }
}
