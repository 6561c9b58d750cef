import type { GenericCommand } from '@parley/protocol';
import type { ClientActor } from '../domain/actor.ts';
import type { World } from '../domain/world.ts';
import type { Session } from '../session/session.ts';
import type { Sessions } from '../session/sessions.ts';

/** Everything a command handler may use. */
export interface CommandContext {
  readonly world: World;
  readonly sessions: Sessions;
  readonly session: Session;
  readonly actor: ClientActor;
  readonly command: GenericCommand;
  /**
   * Says that what the command writes is with the store, which keeps the order of calls: the session's next command
   * to this conversation may start, so that its messages share commits instead of waiting for each other's.
   */
  readonly orderIsKept: () => void;
}

/** What a handler answers; correlation id and recipient are added by whoever called it. */
export type Reply = Omit<GenericCommand, 'i' | 'peerId'>;

/** Which of a client's rates a command counts towards (`semantics §11.1`, ruling 5). `free` counts nowhere. */
export type RateClass = 'message' | 'history' | 'operation' | 'free';

export interface CommandRow {
  readonly cmd: number;
  /** Absent for commands without operation. */
  readonly op?: number;
  readonly rate: RateClass;
  /** A thrown refusal becomes the `error` command unless the handler answers it itself. `undefined`: no reply. */
  readonly handle: (context: CommandContext) => Promise<Reply | undefined>;
  /** The conversation a command writes to: writes of one session to it keep their order. */
  readonly writesTo?: (command: GenericCommand) => string | undefined;
  /**
   * It may keep the store searching for seconds, so a session has one of these at a time: whoever asks a hundred at
   * once waits for itself, and everybody else's come in between.
   */
  readonly searches?: (command: GenericCommand) => boolean;
  /**
   * The command of the pushes that tell of changes to what it reads. A client takes an answer for newer than what it
   * was told before, so what was read before such a push and would be answered after it is read again.
   */
  readonly outdatedBy?: number;
}
