import type { GenericCommand } from '@parley/protocol/wire';
import { backoff } from '../connection/backoff.ts';
import { type Core, tell } from '../core.ts';
import { asParleyError } from '../errors.ts';
import type { Absence } from '../session/session.ts';
import { missedEvents } from './missed-events.ts';

/** After a loss of the connection: what is not unread any more, what happened to conversations, and back into the chat room. */
export class CatchUp {
  readonly #core: Core;
  readonly #handle: (command: GenericCommand) => void;
  #isAsking = false;

  constructor(core: Core, handle: (command: GenericCommand) => void) {
    this.#core = core;
    this.#handle = handle;
    core.session.on('opened', ({ serverTime, eventsSince, unreadSince }) => {
      if (unreadSince === undefined) this.#forgetUnread();
      if (eventsSince === undefined) return;
      this.#absences = [...this.#absences, { since: eventsSince, until: serverTime }];
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
    while (this.#absences.length > 0) {
      const isDone = await this.#whileOpen(() => this.#hearOldest()).catch(() => true);
      if (isDone) this.#absences = this.#absences.slice(1);
      // The next login goes on.
      else if (this.#core.session.state.name !== 'open') break;
    }
    this.#isAsking = false;
  }

  async #hearOldest(): Promise<void> {
    const [absence] = this.#absences;
    if (absence === undefined) return;
    for await (const command of missedEvents(this.#core, absence.since, absence.until)) {
      this.#handle(command);
      const since = Math.max(absence.since, command.serverTs ?? 0);
      this.#absences = [{ ...absence, since }, ...this.#absences.slice(1)];
    }
  }

  /** Part of the positions, so that what is kept on the device never claims more than was told. */
  get #absences(): readonly Absence[] {
    return this.#core.session.positions.absences ?? [];
  }

  set #absences(absences: readonly Absence[]) {
    this.#core.session.positions.absences = absences;
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
