import type { DomainEvent } from '../../domain/events.ts';
import type { LiveSessions } from '../../session/live-sessions.ts';

/** Keeps what the sessions of this node listen to as it was committed last. */
export function followSubscriptions(live: LiveSessions): (event: DomainEvent) => void {
  return (event) => {
    if (event.type !== 'subscription-changed') return;
    for (const session of live.of(event.app, event.client)) {
      session.services.change(event.conversation.key, event.subscribed);
    }
  };
}
