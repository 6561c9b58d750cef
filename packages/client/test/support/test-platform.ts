import { FakeClock } from '@parley/testkit';
import { type Network, type Platform, type Socket, type Visibility, webPlatform } from '../../src/index.ts';

/** A device in the hands of a test: its clock, its network and its screen. */
export interface TestPlatform extends Platform {
  readonly clock: FakeClock;
  /** How many sockets were opened so far. */
  readonly sockets: number;
  /** Ends every socket as a lost network does, without telling anybody that the network is gone. */
  cut(): void;
  /** Nothing that is sent or received from now on arrives, and nobody is told, until {@link cut}. */
  freeze(): void;
  /** What is sent arrives, and nothing comes back, until {@link cut}. */
  deafen(): void;
  /** What is received from now on waits, as in the buffers of a machine that is busy. */
  holdBack(): void;
  /** How much waits. */
  readonly heldBack: number;
  /** Hands over what waits, all of it at once, as one packet does. */
  handOver(): void;
  goOffline(): void;
  goOnline(): void;
  hide(): void;
  show(): void;
}

interface Line {
  readonly real: Socket;
  isFrozen: boolean;
  isDeaf: boolean;
  closed(code: number, reason: string): void;
}

export function testPlatform(options: { grace?: number; clock?: FakeClock } = {}): TestPlatform {
  const web = webPlatform();
  const lines = new Set<Line>();
  let sockets = 0;
  let held: (() => void)[] | undefined;
  const network = switchable<boolean>(true);
  const visible = switchable<boolean>(true);

  const openSocket: Platform['openSocket'] = (url, subprotocol, listener) => {
    sockets++;
    const real = web.openSocket(url, subprotocol, {
      opened: () => !line.isFrozen && listener.opened(),
      received(bytes) {
        const hear = () => !line.isFrozen && !line.isDeaf && listener.received(bytes);
        if (held === undefined) hear();
        else held.push(hear);
      },
      closed: (code, reason) => !line.isFrozen && line.closed(code, reason),
    });
    const line: Line = {
      real,
      isFrozen: false,
      isDeaf: false,
      closed(code, reason) {
        if (lines.delete(line)) listener.closed(code, reason);
      },
    };
    lines.add(line);
    return {
      send: (bytes) => !line.isFrozen && real.send(bytes),
      close() {
        lines.delete(line);
        real.close();
      },
    };
  };

  return {
    ...web,
    clock: options.clock ?? new FakeClock(Date.now()),
    random: Math.random,
    openSocket,
    get sockets() {
      return sockets;
    },
    network: { isOnline: network.get, watch: network.watch } satisfies Network,
    visibility: {
      grace: options.grace ?? Number.POSITIVE_INFINITY,
      isVisible: visible.get,
      watch: visible.watch,
    } satisfies Visibility,
    cut() {
      for (const line of [...lines]) {
        line.real.close();
        line.closed(1006, '');
      }
    },
    freeze() {
      for (const line of lines) line.isFrozen = true;
    },
    deafen() {
      for (const line of lines) line.isDeaf = true;
    },
    holdBack() {
      held = [];
    },
    get heldBack() {
      return held?.length ?? 0;
    },
    handOver() {
      const waiting = held ?? [];
      held = undefined;
      for (const hear of waiting) hear();
    },
    goOffline() {
      network.set(false);
      this.cut();
    },
    goOnline: () => network.set(true),
    hide: () => visible.set(false),
    show: () => visible.set(true),
  };
}

function switchable<T>(value: T) {
  const listeners = new Set<(value: T) => void>();
  return {
    get: () => value,
    set(next: T) {
      value = next;
      for (const listener of [...listeners]) listener(next);
    },
    watch(listener: (value: T) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
