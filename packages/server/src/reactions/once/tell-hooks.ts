import type { DomainEvent } from '../../domain/events.ts';

/** Tells the app's own logic what has happened. Nobody waits for it. */
export function tellHooks(hooks: { told(event: DomainEvent): void }): (event: DomainEvent) => void {
  return (event) => {
    if (event.type === 'message-sent' && event.isContinued === true) return;
    hooks.told(event);
  };
}
