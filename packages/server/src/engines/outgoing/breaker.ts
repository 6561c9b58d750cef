import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
  isBrokenCircuitError,
} from 'cockatiel';

/** What is dead is not to add its time-out to every message (`hooks-and-signatures §1.3`). */
export const FAILURES_TO_OPEN = 10;
const OPEN_FOR_MS = 5_000;

/** Whether something is called, left alone for the moment, or being tried once more. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** Leaves alone for a while what fails again and again. */
export class Breaker {
  readonly #policy = circuitBreaker(handleAll, {
    halfOpenAfter: OPEN_FOR_MS,
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
  });

  get state(): BreakerState {
    const { state } = this.#policy;
    return state === CircuitState.Closed ? 'closed' : state === CircuitState.Open ? 'open' : 'half-open';
  }

  /** Rejects at once, see {@link isLeftAlone}, while it is left alone. */
  async execute<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    // The policy would make the others wait for what comes of the one that tries it.
    if (this.state === 'half-open') throw new BrokenCircuitError();
    return this.#policy.execute(call);
  }
}

/** Whether the call was not made, because the breaker was open. */
export function isLeftAlone(error: unknown): boolean {
  return isBrokenCircuitError(error);
}
