import type { DeadLetter, LoggedEvent, LogPlace, WebhookRepository } from '../../domain/ports/webhooks.ts';
import { pair, type Tables } from './tables.ts';

export function webhookRepository(tables: Tables): WebhookRepository {
  const positions = new Map<string, LogPlace>();
  let letters: { readonly app: number; readonly letter: DeadLetter }[] = [];
  let lastId = 0;
  let events: { readonly app: number; readonly event: LoggedEvent }[] = [];
  let lastEvent = 0;
  return {
    async endOfLog() {
      return tables.log.length;
    },
    async messagesAfter(app, place, limit) {
      const messages = [];
      let next = place;
      for (const { entry, id } of tables.log.slice(place)) {
        next++;
        if (entry.record.app !== app) continue;
        const message = entry.messages.find((one) => one.id === id);
        if (message === undefined) continue;
        const service = entry.service === undefined ? undefined : tables.conversations.get(entry.service);
        const slash = entry.record.id.indexOf('/');
        messages.push({
          place: next,
          conversation: { id: (service ?? entry).record.id, kind: entry.record.kind },
          ...(service !== undefined && slash >= 0 && { client: entry.record.id.slice(slash + 1) }),
          ...(tables.received.some((one) => one.log === entry && one.id === id) && {
            isToService: true as const,
          }),
          message,
        });
        if (messages.length === limit) break;
      }
      return { messages, next };
    },
    async addEvent(app, event) {
      events.push({ app, event: { ...event, place: ++lastEvent } });
    },
    async endOfEvents() {
      return lastEvent;
    },
    async eventsAfter(app, place, limit) {
      const ofApp = events.filter((kept) => kept.app === app && kept.event.place > place);
      return ofApp.slice(0, limit).map(({ event }) => event);
    },
    async forgetEvents(app, from, to) {
      events = events.filter(({ app: of, event: { place } }) => of !== app || place <= from || place > to);
    },
    async position(app, webhook) {
      return positions.get(pair(app, webhook));
    },
    async setPosition(app, webhook, place) {
      positions.set(pair(app, webhook), place);
    },
    async giveUp(app, webhook, letter) {
      letters.push({ app, letter: { ...letter, webhook, id: ++lastId } });
      positions.set(pair(app, webhook), letter.to);
    },
    async deadLetters(app, skip, limit) {
      return letters
        .filter((kept) => kept.app === app)
        .slice(skip, skip + limit)
        .map(({ letter }) => letter);
    },
    async countDeadLetters(app) {
      return letters.filter((kept) => kept.app === app).length;
    },
    async removeDeadLetter(app, id) {
      const before = letters.length;
      letters = letters.filter((kept) => kept.app !== app || kept.letter.id !== id);
      return letters.length < before;
    },
    async deleteOld(app, before, limit) {
      const oldLetters = letters
        .filter((kept) => kept.app === app && kept.letter.at < before)
        .slice(0, limit);
      const oldEvents = events.filter((kept) => kept.app === app && kept.event.at < before).slice(0, limit);
      letters = letters.filter((kept) => !oldLetters.includes(kept));
      events = events.filter((kept) => !oldEvents.includes(kept));
      return oldLetters.length + oldEvents.length;
    },
  };
}
