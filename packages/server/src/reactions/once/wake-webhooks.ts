import type { DomainEvent } from '../../domain/events.ts';
import type { AppKey } from '../../domain/identifiers.ts';

/** Messages are delivered out of the log; this only says that there is one. What is in no log is told at once. */
export function wakeWebhooks(webhooks: {
  wake(app: AppKey): void;
  tellTransient(event: DomainEvent): void;
}): (event: DomainEvent) => void {
  return (event) => {
    if (event.type !== 'message-sent') return;
    if (event.kind === 'stored') webhooks.wake(event.app);
    else webhooks.tellTransient(event);
  };
}
