import type { DomainEvent } from '../../domain/events.ts';
import type { AppKey } from '../../domain/identifiers.ts';

/**
 * Messages are delivered out of the log; this only says that there is one. What is in no log is told at once, or
 * written down first.
 *
 * @param failed told where that could not be done
 */
export function wakeWebhooks(
  webhooks: {
    wake(app: AppKey): void;
    tellTransient(event: DomainEvent): void;
    record(event: DomainEvent): Promise<void> | undefined;
  },
  failed: (error: unknown, event: DomainEvent) => void,
): (event: DomainEvent) => void {
  return (event) => {
    if (event.type !== 'message-sent') {
      webhooks.record(event)?.catch((error: unknown) => failed(error, event));
    } else if (event.kind === 'stored') {
      webhooks.wake(event.app);
    } else {
      webhooks.tellTransient(event);
    }
  };
}
