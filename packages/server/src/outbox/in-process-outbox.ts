import type { DomainEvent } from '../domain/events.ts';
import type { Publisher } from '../domain/ports/publisher.ts';

export type Reaction = (event: DomainEvent) => void;

/**
 * Hands committed events to the reactions of this node, in the order they were published.
 *
 * Events wait for the end of the current turn: replies are sent from promise callbacks, so the one who asked has its
 * answer queued before anybody, itself included, is told what happened. What nothing was waited for is published before
 * its promise callbacks have begun, which is why they are let begin first.
 */
export class InProcessOutbox implements Publisher {
  readonly #reactions: readonly Reaction[];
  readonly #failed: (error: unknown, event: DomainEvent) => void;
  #waiting: DomainEvent[] = [];

  /** @param failed told of a reaction that threw; the other reactions and events go on */
  constructor(reactions: readonly Reaction[], failed: (error: unknown, event: DomainEvent) => void) {
    this.#reactions = reactions;
    this.#failed = failed;
  }

  publish(event: DomainEvent): void {
    this.#waiting.push(event);
    if (this.#waiting.length === 1) queueMicrotask(() => process.nextTick(() => this.#handOn()));
  }

  #handOn(): void {
    const events = this.#waiting;
    this.#waiting = [];
    for (const event of events) {
      for (const react of this.#reactions) {
        try {
          react(event);
        } catch (error) {
          this.#failed(error, event);
        }
      }
    }
  }
}
