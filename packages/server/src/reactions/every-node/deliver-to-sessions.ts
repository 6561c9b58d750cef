import type { DomainEvent } from '../../domain/events.ts';
import { deliveriesOf } from '../../pushes/index.ts';
import type { LiveSessions } from '../../session/live-sessions.ts';

/** Puts the pushes of an event into the outbound queue of every session on this node that is to get them. */
export function deliverToSessions(sessions: LiveSessions): (event: DomainEvent) => void {
  return (event) => {
    for (const { to, push, except, counted, urgency, unreadModeOnly } of deliveriesOf(event)) {
      for (const client of to) {
        for (const session of sessions.of(event.app, client)) {
          if (session.identity.id === except) continue;
          if (unreadModeOnly === true && session.connection.offlineMode !== 'unread') continue;
          if (counted === undefined) session.push(push, urgency);
          else session.pushCounted(push, urgency ?? 'required', counted);
        }
      }
    }
  };
}
