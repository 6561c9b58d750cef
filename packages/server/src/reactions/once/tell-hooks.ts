import type { DomainEvent } from '../../domain/events.ts';

/** Tells the app's own logic what has happened. Nobody waits for it. */
export function tellHooks(hooks: { told(event: DomainEvent): void }): (event: DomainEvent) => void {
  return (event) => hooks.told(event);
}
