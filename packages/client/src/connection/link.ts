import { CommandType, decodeCommand, encodeCommand, type GenericCommand } from '@parley/protocol/wire';
import { localError, ParleyError } from '../errors.ts';
import { callSafely } from '../events.ts';
import type { Clock, Socket } from '../platform/platform.ts';

/** After this much silence, of the other end or of this one, a heartbeat asks whether the other end is still there. */
const HEARTBEAT = 90_000;
/** A heartbeat that stays unanswered for this long means that it is not. */
const HEARTBEAT_PATIENCE = 10_000;

/** A server closes a connection with this on a frame that is too long for it. */
const FRAME_TOO_LONG = 4109;

/** How much the server takes in a frame is known when it has refused one. */
export interface FrameLimit {
  /** So many bytes were too many. */
  tooLong: number;
}

interface Pending {
  readonly size: number;
  atOnce(reply: GenericCommand): void;
  resolve(reply: GenericCommand): void;
  reject(error: Error): void;
  cancel(): void;
}

/** One open socket: numbers requests, finds the replies, and notices when the other end is gone. */
export class Link {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #onPush: (command: GenericCommand) => void;
  readonly #onLost: (reason: string) => void;
  readonly #limit: FrameLimit;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #longestSent = 0;
  #lastTraffic: number;
  /** A server lets go of who says nothing for long, as a listener in a busy room does. */
  #lastSent: number;
  #isEnded = false;
  #cancelHeartbeat: () => void;

  constructor(
    socket: Socket,
    clock: Clock,
    limit: FrameLimit,
    handlers: { readonly push: (command: GenericCommand) => void; readonly lost: (reason: string) => void },
  ) {
    this.#socket = socket;
    this.#clock = clock;
    this.#limit = limit;
    this.#onPush = handlers.push;
    this.#onLost = handlers.lost;
    this.#lastTraffic = clock.now();
    this.#lastSent = clock.now();
    this.#cancelHeartbeat = clock.after(HEARTBEAT, () => this.#beat());
  }

  /** Sends what needs no reply. */
  send(command: GenericCommand): void {
    this.#sendBytes(encodeCommand(command));
  }

  /**
   * Resolves with the reply, whatever it says.
   *
   * @param atOnce called with the reply before anything that came after it is handed on: commands may arrive together,
   *   and a promise tells later
   * @throws ParleyError TIMEOUT, CONNECTION_LOST, FRAME_TOO_LONG
   */
  request(
    command: GenericCommand,
    timeout: number,
    atOnce: (reply: GenericCommand) => void = () => {},
  ): Promise<GenericCommand> {
    if (this.#isEnded) return Promise.reject(localError('CONNECTION_LOST'));
    const i = this.#nextId++;
    const bytes = encodeCommand({ ...command, i });
    const size = bytes.length;
    if (size >= this.#limit.tooLong) return Promise.reject(frameTooLong(size));
    const sentAt = this.#clock.now();
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(timeout, () => {
        this.#pending.delete(i);
        reject(localError('TIMEOUT'));
        // Nothing at all came since: it is rather the connection than the request.
        if (this.#lastTraffic <= sentAt) this.check();
      });
      this.#pending.set(i, { size, atOnce, resolve, reject, cancel });
      this.#sendBytes(bytes);
    });
  }

  received(bytes: Uint8Array): void {
    this.#lastTraffic = this.#clock.now();
    const command = this.#decode(bytes);
    if (command === undefined) return;
    if (command.i === undefined) {
      callSafely(() => this.#onPush(command));
      return;
    }
    const pending = this.#pending.get(command.i);
    this.#pending.delete(command.i);
    if (pending === undefined) return;
    pending.cancel();
    callSafely(() => pending.atOnce(command));
    pending.resolve(command);
  }

  /** What cannot be read is not from a server of this protocol, or was damaged; another connection may do better. */
  #decode(bytes: Uint8Array): GenericCommand | undefined {
    try {
      return decodeCommand(bytes);
    } catch {
      this.#onLost('The server sent what cannot be read.');
      return undefined;
    }
  }

  /** Asks at once whether the other end is still there, as after a sleep of the machine. */
  check(): void {
    this.request({ cmd: CommandType.echo }, HEARTBEAT_PATIENCE).catch(() => {
      if (!this.#isEnded) this.#onLost('The server does not answer.');
    });
  }

  /** To be told before {@link end} with which code the server closed the connection. */
  closedWith(code: number): void {
    if (code !== FRAME_TOO_LONG) return;
    // It does not say which; the longest it is for sure.
    const longest = [...this.#pending.values()].find(({ size }) => size >= this.#longestSent);
    if (longest === undefined) return;
    this.#limit.tooLong = longest.size;
    longest.cancel();
    longest.reject(frameTooLong(longest.size));
  }

  /** Whoever waits for a reply learns that none will come. */
  end(): void {
    this.#isEnded = true;
    this.#cancelHeartbeat();
    for (const { reject, cancel } of this.#pending.values()) {
      cancel();
      reject(localError('CONNECTION_LOST'));
    }
    this.#pending.clear();
    this.#socket.close();
  }

  #sendBytes(bytes: Uint8Array): void {
    if (this.#isEnded) return;
    this.#lastSent = this.#clock.now();
    this.#longestSent = Math.max(this.#longestSent, bytes.length);
    this.#socket.send(bytes);
  }

  #beat(): void {
    const quiet = this.#clock.now() - Math.min(this.#lastTraffic, this.#lastSent);
    const isDue = quiet >= HEARTBEAT || quiet < 0;
    // Clocks are set back at times; then nothing is known of how long it was quiet.
    if (isDue) this.check();
    this.#cancelHeartbeat = this.#clock.after(isDue ? HEARTBEAT : HEARTBEAT - quiet, () => this.#beat());
  }
}

function frameTooLong(size: number): ParleyError {
  const detail = `The server does not take ${size} bytes at once. Send less, or a file.`;
  return new ParleyError('FRAME_TOO_LONG', FRAME_TOO_LONG, { detail });
}
