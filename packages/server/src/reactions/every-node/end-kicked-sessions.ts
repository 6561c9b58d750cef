import type { DomainEvent } from '../../domain/events.ts';
import type { Sessions } from '../../session/sessions.ts';

/** Ends the sessions of a kicked client on this node, after they were told. */
export function endKickedSessions(sessions: () => Sessions | undefined): (event: DomainEvent) => void {
  return (event) => {
    if (event.type === 'client-kicked') sessions()?.kicked(event);
  };
}
