import { CommandType, type GenericCommand } from '@parley/protocol/wire';
import { asParleyError, localError, ParleyError } from '../errors.ts';
import { Emitter } from '../events.ts';
import type { Platform } from '../platform/platform.ts';
import { webPlatform } from '../platform/web.ts';
import { backoff } from './backoff.ts';
import { Endpoints } from './endpoints.ts';
import { Http } from './http.ts';
import { type FrameLimit, Link } from './link.ts';

const SUBPROTOCOL = 'lc.protobuf2.3';
/** No socket takes longer to open on a network that is of any use. */
const OPENING_PATIENCE = 20_000;
/** A connection that lasted this long was a good one; the next loss starts to count from one again. */
const GOOD = 10_000;

/** Close codes after which trying again is of no use. */
const FATAL: Readonly<Record<number, string>> = {
  4100: 'APP_NOT_AVAILABLE',
  4103: 'INVALID_LOGIN',
  4110: 'INVALID_ORIGIN',
};

/**
 * - `idle`: no client needs it.
 * - `connecting`: the socket is being opened, for the `attempt`th time since the last success.
 * - `open`: clients can log in and talk.
 * - `waiting`: the last attempt failed; the next begins at `retryAt` (ms).
 * - `offline`: the device has no network; the next attempt begins when it has.
 * - `paused`: the app is in the background, or asked for it.
 * - `closed`: the server will never take it, for the reason in `error`.
 */
export type ConnectionState =
  | { readonly name: 'idle' }
  | { readonly name: 'connecting'; readonly attempt: number }
  | { readonly name: 'open'; readonly since: number }
  | {
      readonly name: 'waiting';
      readonly attempt: number;
      readonly retryAt: number;
      readonly error: ParleyError;
    }
  | { readonly name: 'offline' }
  | { readonly name: 'paused'; readonly because: 'background' | 'app' }
  | { readonly name: 'closed'; readonly error: ParleyError };

export interface ConnectionEvents {
  state: { readonly state: ConnectionState; readonly previous: ConnectionState };
}

export interface ConnectionOptions {
  /** Of the server, such as `https://chat.example.com`; or its `wss:` endpoint. */
  readonly url: string;
  readonly appId: string;
  readonly appKey?: string;
  /** Default: {@link webPlatform}, for browsers and Node. */
  readonly platform?: Platform;
  /** How long an operation may take before it fails with TIMEOUT, in milliseconds. Default: 15 seconds. */
  readonly timeout?: number;
}

/** A client on the connection, as the connection sees it. */
export interface Occupant {
  readonly clientId: string;
  /** Resolves when it has left, while it is about to; it hears nothing any more. */
  readonly parting: Promise<void> | undefined;
  linked(link: Link): void;
  unlinked(): void;
  refused(error: ParleyError): void;
  received(command: GenericCommand): void;
}

/** What a state holds besides what it shows, and how it is left. */
interface Phase {
  readonly state: ConnectionState;
  readonly leave: () => void;
}

const nothing = () => {};

/**
 * One socket to the server, shared by any number of clients. It opens when the first client needs it, closes after the
 * last one, and comes back by itself whenever it is lost.
 *
 * @example
 * const connection = new Connection({ url: 'https://chat.example.com', appId, appKey });
 * const tom = createClient({ connection, clientId: 'Tom' });
 * const jerry = createClient({ connection, clientId: 'Jerry' });
 * connection.on('state', ({ state }) => showBanner(state.name !== 'open'));
 */
export class Connection extends Emitter<ConnectionEvents> {
  readonly appId: string;
  readonly platform: Platform;
  /** @internal */
  readonly http: Http;
  readonly timeout: number;
  readonly #isSecure: boolean;
  readonly #endpoints: Endpoints;
  readonly #occupants = new Map<string, Occupant>();
  #phase: Phase = { state: { name: 'idle' }, leave: nothing };
  readonly #frameLimit: FrameLimit = { tooLong: Number.POSITIVE_INFINITY };
  #link: Link | undefined;
  #isPausedByApp = false;
  #stopWatching: () => void = nothing;
  #cancelGrace: () => void = nothing;

  constructor({ url, appId, appKey, platform, timeout = 15_000 }: ConnectionOptions) {
    super();
    this.appId = appId;
    this.platform = platform ?? webPlatform();
    this.timeout = timeout;
    this.#isSecure = /^(https|wss):/.test(url);
    this.http = new Http(this.platform, url.replace(/^ws/, 'http'), appId, appKey);
    this.#endpoints = new Endpoints(this.http, this.platform.clock, appId, url);
  }

  get state(): ConnectionState {
    return this.#phase.state;
  }

  /** Ends the connection without logging anybody out, until {@link resume}: pushes take over. */
  pause(): void {
    this.#isPausedByApp = true;
    this.#begin();
  }

  resume(): void {
    this.#isPausedByApp = false;
    this.retry();
  }

  /**
   * Tries at once instead of at the planned time, or looks whether the connection lives. After `closed` its clients are
   * closed, too, and it takes {@link Client.open} of one of them.
   */
  retry(): void {
    if (this.state.name === 'open') this.#link?.check();
    else if (this.state.name !== 'connecting') this.#begin();
  }

  /** @internal */
  enter(occupant: Occupant): void {
    if (this.#occupants.has(occupant.clientId)) {
      const { clientId } = occupant;
      throw localError('INVALID_ARGUMENT', `${clientId} is on this connection already: close() it first.`);
    }
    this.#occupants.set(occupant.clientId, occupant);
    if (this.#occupants.size === 1) this.#watchPlatform();
    if (this.state.name === 'idle' || this.state.name === 'closed') this.#begin();
    else if (this.#link !== undefined) occupant.linked(this.#link);
  }

  /** Until when whoever wants to be this client has to wait. @internal */
  partingOf(clientId: string): Promise<void> | undefined {
    return this.#occupants.get(clientId)?.parting;
  }

  /** @internal */
  exit(occupant: Occupant): void {
    if (this.#occupants.get(occupant.clientId) !== occupant) return;
    this.#occupants.delete(occupant.clientId);
    if (this.#occupants.size > 0) return;
    this.#stopWatching();
    this.#cancelGrace();
    // Why it was closed stays to be seen.
    if (this.state.name !== 'closed') this.#change({ state: { name: 'idle' }, leave: nothing });
  }

  /** Into the state that circumstances ask for. */
  #begin(attempt = 1): void {
    const { network, visibility } = this.platform;
    const isHidden = visibility?.isVisible() === false && visibility.grace !== Number.POSITIVE_INFINITY;
    if (this.#occupants.size === 0) return;
    if (this.#isPausedByApp) this.#change({ state: { name: 'paused', because: 'app' }, leave: nothing });
    else if (isHidden) this.#change({ state: { name: 'paused', because: 'background' }, leave: nothing });
    else if (network?.isOnline() === false) this.#change({ state: { name: 'offline' }, leave: nothing });
    else this.#connect(attempt);
  }

  #connect(attempt: number): void {
    const { clock } = this.platform;
    let socket: { close(): void } | undefined;
    let hasLeft = false;
    const cancel = clock.after(OPENING_PATIENCE, () =>
      failed(localError('TIMEOUT', 'No connection in time.')),
    );
    const failed = (error: ParleyError, code?: number) => {
      if (hasLeft) return;
      this.#endpoints.failed();
      this.#lost(error, attempt, code);
    };
    const leave = () => {
      hasLeft = true;
      cancel();
      if (this.#link === undefined) socket?.close();
    };
    this.#change({ state: { name: 'connecting', attempt }, leave });
    this.#endpoints
      .next(this.#isSecure)
      .then((url) => {
        if (hasLeft) return;
        let link: Link | undefined;
        const opening = this.platform.openSocket(url, SUBPROTOCOL, {
          opened: () => {
            if (!hasLeft) link = this.#opened(opening, attempt);
          },
          received: (bytes) => link?.received(bytes),
          closed: (code, reason) => {
            const error = localError('CONNECTION_LOST', reason || `The connection ended with code ${code}.`);
            if (link === undefined) failed(error, code);
            else if (link === this.#link) {
              link.closedWith(code);
              this.#lost(error, this.#attemptAfterOpen(attempt), code);
            }
          },
        });
        socket = opening;
      })
      .catch((error: unknown) => failed(asParleyError(error)));
  }

  #opened(socket: ConstructorParameters<typeof Link>[0], attempt: number): Link {
    const link: Link = new Link(socket, this.platform.clock, this.#frameLimit, {
      push: (command) => this.#pushed(command),
      lost: (reason) => {
        if (this.#link === link)
          this.#lost(localError('CONNECTION_LOST', reason), this.#attemptAfterOpen(attempt));
      },
    });
    this.#link = link;
    this.#change({
      state: { name: 'open', since: this.platform.clock.now() },
      leave: () => {
        this.#link = undefined;
        link.end();
        for (const occupant of [...this.#occupants.values()]) occupant.unlinked();
      },
    });
    for (const occupant of [...this.#occupants.values()]) occupant.linked(link);
    return link;
  }

  /** Zero after a connection that was good, so that the next attempt counts as the first. */
  #attemptAfterOpen(attempt: number): number {
    const { state } = this;
    return state.name === 'open' && this.platform.clock.now() - state.since >= GOOD ? 0 : attempt;
  }

  #lost(error: ParleyError, failedAttempts: number, code?: number): void {
    const fatal = FATAL[code ?? error.code];
    if (fatal !== undefined) this.#close(new ParleyError(fatal, code ?? error.code));
    else if (this.platform.network?.isOnline() === false) this.#begin();
    else this.#wait(error, failedAttempts);
  }

  #wait(error: ParleyError, failedAttempts: number): void {
    const { clock } = this.platform;
    const attempt = failedAttempts + 1;
    const delay = backoff(Math.max(failedAttempts, 1), () => this.platform.random());
    const leave = clock.after(delay, () => this.#begin(attempt));
    this.#change({ state: { name: 'waiting', attempt, retryAt: clock.now() + delay, error }, leave });
  }

  #close(error: ParleyError): void {
    this.#change({ state: { name: 'closed', error }, leave: nothing });
    for (const occupant of [...this.#occupants.values()]) occupant.refused(error);
  }

  #change(next: Phase): void {
    const previous = this.#phase;
    if (previous.state.name === 'idle' && next.state.name === 'idle') return;
    this.#phase = next;
    previous.leave();
    // Leaving tells clients, and one of them may have changed the state again.
    if (this.#phase === next) this.emit('state', { state: next.state, previous: previous.state });
  }

  #pushed(command: GenericCommand): void {
    if (command.cmd === CommandType.goaway) {
      this.#goAway();
      return;
    }
    // Without a name it is for the first client that came.
    const [first] = this.#occupants.values();
    const occupant = command.peerId === undefined ? first : this.#occupants.get(command.peerId);
    occupant?.received(command);
  }

  /** The server wants this connection on another node, where it will be welcome at once. */
  #goAway(): void {
    this.#endpoints.forget();
    this.#begin();
  }

  #watchPlatform(): void {
    const { network, visibility, clock } = this.platform;
    const stopNetwork = network?.watch((isOnline) => {
      const { name } = this.state;
      if (isOnline ? name === 'offline' || name === 'waiting' : name !== 'paused' && name !== 'closed')
        this.#begin();
      // From one network to another: the socket belongs to the one that is gone.
      else if (name === 'open') this.#link?.check();
    });
    const stopVisibility = visibility?.watch((isVisible) => {
      this.#cancelGrace();
      if (isVisible) this.#shown();
      else if (visibility.grace !== Number.POSITIVE_INFINITY) {
        this.#cancelGrace = clock.after(visibility.grace, () => this.#begin());
      }
    });
    this.#stopWatching = () => {
      stopNetwork?.();
      stopVisibility?.();
    };
  }

  #shown(): void {
    if (this.state.name !== 'closed') this.retry();
  }
}
