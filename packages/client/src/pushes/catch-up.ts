import type { GenericCommand } from '@parley/protocol/wire';
import { backoff } from '../connection/backoff.ts';
import { type Core, tell } from '../core.ts';
import { asParleyError } from '../errors.ts';
import type { Absence } from '../session/session.ts';
import { missedEvents } from './missed-events.ts';

/** What happens now waits no longer for what was missed. */
const HOLDING_PATIENCE = 5_000;

/** After a loss of the connection: what is not unread any more, what happened to conversations, and back into the chat room. */
export class CatchUp {
  readonly #core: Core;
  readonly #handle: (command: GenericCommand) => void;
  #isAsking = false;
  /** Events that were pushed while older ones are being asked for: those come first. */
  #held: GenericCommand[] | undefined;
  #cancelHolding = () => {};

  constructor(core: Core, handle: (command: GenericCommand) => void) {
    this.#core = core;
    this.#handle = handle;
    core.session.on('opened', ({ serverTime, eventsSince, unreadSince }) => {
      if (unreadSince === undefined) this.#forgetUnread();
      if (eventsSince === undefined) return;
      this.#noteAbsence(eventsSince, serverTime);
      this.#hold();
      void this.#rejoin();
      if (!this.#isAsking) void this.#ask();
    });
  }

  /** Hands on what was pushed, each event once and after those that were missed. */
  received(command: GenericCommand): void {
    if (!isEvent(command)) this.#handle(command);
    else if (this.#held !== undefined) this.#held.push(command);
    else {
      this.#noteHeard(command.serverTs);
      this.#handle(command);
    }
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
      const { state } = this.#core.session;
      const isDone = await this.#whileOpen(() => this.#hearOldest()).catch(() => true);
      // One that another login made longer meanwhile is not over yet.
      if (isDone && this.#core.session.state === state) this.#absences = this.#absences.slice(1);
      // The next login goes on.
      else if (this.#core.session.state.name !== 'open') break;
    }
    this.#isAsking = false;
    this.#release();
  }

  /**
   * The times of events run ahead of the clock where much happens, so only what is told says where the last absence ends;
   * its events may also have been pushed. That of an earlier login ends before what was pushed then.
   */
  async #hearOldest(): Promise<void> {
    const [absence, next] = this.#absences;
    if (absence === undefined) return;
    const until = next === undefined ? Number.POSITIVE_INFINITY : absence.until;
    try {
      for await (const command of missedEvents(this.#core, absence.since, until)) this.#hearMissed(command);
    } catch (error) {
      // Asking may fail for long.
      this.#release();
      throw error;
    }
  }

  #hearMissed(command: GenericCommand): void {
    const isLate = this.#held === undefined || this.#absences.length > 1;
    this.#handle(command);
    // What came after it was told already; only the server knows what became of both.
    const { cid } = command.convMessage ?? {};
    if (isLate && cid !== undefined) this.#core.conversations.loadSoon(cid).catch(() => {});
    const [absence, ...others] = this.#absences;
    if (absence === undefined) return;
    const since = Math.max(absence.since, command.serverTs ?? 0);
    this.#absences = [{ ...absence, since }, ...others];
  }

  #hold(): void {
    this.#held ??= [];
    this.#cancelHolding();
    const { clock } = this.#core.session.connection.platform;
    this.#cancelHolding = clock.after(HOLDING_PATIENCE, () => this.#release());
  }

  #release(): void {
    this.#cancelHolding();
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const command of held) this.received(command);
  }

  /** It goes on from the one before where nothing was told in between. */
  #noteAbsence(since: number, until: number): void {
    const last = this.#absences.at(-1);
    if (last === undefined || since > endOf(last)) this.#absences = [...this.#absences, { since, until }];
    else
      this.#absences = [
        ...this.#absences.slice(0, -1),
        { since: last.since, until: Math.max(last.until, until) },
      ];
  }

  /** The first event that is pushed ends the absence before it. */
  #noteHeard(at: number): void {
    const last = this.#absences.at(-1);
    if (last === undefined || (this.#core.session.positions.events ?? 0) > endOf(last)) return;
    const until = Math.max(last.until, at - 1);
    this.#absences = [...this.#absences.slice(0, -1), { ...last, until }];
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

function isEvent(command: GenericCommand): command is GenericCommand & { readonly serverTs: number } {
  return command.notificationType === 1 && command.serverTs !== undefined;
}

const endOf = ({ since, until }: Absence) => Math.max(since, until);
