import type { DomainEvent } from '../../domain/events.ts';
import type { AppKey } from '../../domain/identifiers.ts';
import type { Delivery, InSequence } from '../../pushes/delivery.ts';
import { deliveriesOf } from '../../pushes/index.ts';
import type { LiveRooms } from '../../session/live-rooms.ts';
import type { LiveSessions } from '../../session/live-sessions.ts';
import type { Session } from '../../session/session.ts';
import type { DeliveryCeiling } from './delivery-ceiling.ts';

/** Puts the pushes of an event into the outbound queue of every session on this node that is to get them. */
export function deliverToSessions(
  live: LiveSessions,
  rooms: LiveRooms,
  ceiling: DeliveryCeiling,
  counters: { deliveries: number },
): (event: DomainEvent) => void {
  return (event) => {
    let delivered = 0;
    for (const delivery of deliveriesOf(event)) {
      if (delivery.isCapped !== true) {
        visitRecipients(live, rooms, event.app, delivery, (session) => {
          delivered++;
          deliver(session, delivery);
        });
        continue;
      }
      const wished: Session[] = [];
      visitRecipients(live, rooms, event.app, delivery, (session) => wished.push(session));
      const granted = ceiling.grant(event.app, wished.length);
      delivered += granted;
      wished.length = granted;
      for (const session of wished) deliver(session, delivery);
    }
    if (event.type === 'message-sent') counters.deliveries += delivered;
  };
}

function visitRecipients(
  live: LiveSessions,
  rooms: LiveRooms,
  app: AppKey,
  { to, room, everybody, inSequence, except, exceptClient, exceptClients, unreadModeOnly }: Delivery,
  visit: (session: Session) => void,
): void {
  // Found once rather than compared by name: a room is thousands of sessions.
  const excepted = except === undefined ? undefined : live.byId(except);
  for (const client of to) {
    for (const session of live.of(app, client)) {
      if (session === excepted) continue;
      if (unreadModeOnly === true && session.connection.offlineMode !== 'unread') continue;
      visit(session);
    }
  }
  if (everybody === true) {
    for (const session of live.all(app)) {
      if (session === excepted || exceptClients?.has(session.identity.client) === true) continue;
      if (mayHear(session, inSequence)) visit(session);
    }
  }
  if (room === undefined) return;
  for (const session of rooms.sessionsIn(room)) {
    if (session === excepted) continue;
    if (exceptClient !== undefined && session.identity.client === exceptClient) continue;
    visit(session);
  }
}

/** A session that is still catching up does not know yet what it listens to; the message waits with it. */
function mayHear(session: Session, place: InSequence | undefined): boolean {
  return place?.subscribersOf === undefined || session.services.includes(place.subscribersOf) !== false;
}

function deliver(session: Session, { push, inSequence, urgency }: Delivery): void {
  if (inSequence === undefined) session.push(push, urgency);
  else session.pushInSequence(push, urgency ?? 'required', inSequence);
}
