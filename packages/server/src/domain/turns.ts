import type { App } from './app/app.ts';
import type { ConversationId } from './identifiers.ts';

/** Changes from outside, such as of another node, that one may lose to before whoever asked is told to try again. */
const ATTEMPTS = 16;

/**
 * Lets those who change the same thing go one after another, in the order they came: each reads it, decides, and writes
 * what it decided. Without turns all would decide from the same state and one of them win, so whoever loses to others
 * again and again would have to be refused.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /**
   * @param what names what is changed
   * @param attempt reads, decides and writes; `'conflict'` where it was changed in between, and then it is called again
   * @returns what `attempt` returned; `'conflict'` where it was so each of {@link ATTEMPTS} times
   */
  change<Result>(what: string, attempt: () => Promise<Result | 'conflict'>): Promise<Result | 'conflict'> {
    const before = this.#last.get(what) ?? Promise.resolve();
    const changed = before.then(() => untilWon(attempt));
    const over = () => {
      if (this.#last.get(what) === turn) this.#last.delete(what);
    };
    const turn = changed.then(over, over);
    this.#last.set(what, turn);
    return changed;
  }
}

/** What {@link Turns} calls a conversation. */
export function conversationTurn({ key }: App, id: ConversationId): string {
  return `${key} ${id}`;
}

async function untilWon<Result>(attempt: () => Promise<Result | 'conflict'>): Promise<Result | 'conflict'> {
  for (let lost = 0; lost < ATTEMPTS; lost++) {
    const outcome = await attempt();
    if (outcome !== 'conflict') return outcome;
  }
  return 'conflict';
}
