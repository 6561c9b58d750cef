import type { AppKey, Milliseconds } from '../../domain/identifiers.ts';
import type { Apps } from '../../domain/ports/apps.ts';
import type { Clock } from '../../domain/ports/clock.ts';

const SECOND: Milliseconds = 1000;

/**
 * How many chat-room and transient messages an app may have delivered in a second (F-LIM-05). What is beyond is
 * discarded and counted; stored messages of other conversations never pass here.
 */
export class DeliveryCeiling {
  readonly #apps: Apps;
  readonly #clock: Clock;
  readonly #delivered = new Map<AppKey, number>();
  #secondEnds: Milliseconds = 0;
  /** Deliveries discarded since the start, by app. */
  readonly discarded = new Map<AppKey, number>();

  constructor(apps: Apps, clock: Clock) {
    this.#apps = apps;
    this.#clock = clock;
  }

  /** How many of the wished deliveries may be made. */
  grant(app: AppKey, wished: number): number {
    const limit = this.#apps.byKey(app)?.settings.deliveriesPerSecond ?? 0;
    if (limit === 0) return wished;
    const now = this.#clock.elapsed();
    if (now >= this.#secondEnds) {
      this.#delivered.clear();
      this.#secondEnds = now + SECOND;
    }
    const before = this.#delivered.get(app) ?? 0;
    const granted = Math.max(0, Math.min(wished, limit - before));
    this.#delivered.set(app, before + granted);
    if (granted < wished) this.discarded.set(app, (this.discarded.get(app) ?? 0) + wished - granted);
    return granted;
  }
}
