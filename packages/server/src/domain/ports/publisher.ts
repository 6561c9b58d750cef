import type { DomainEvent } from '../events.ts';

/**
 * Takes committed facts and hands them to lane 2 in the order they were published. Never called before the commit,
 * never throws, never waits.
 */
export interface Publisher {
  publish(event: DomainEvent): void;
}
