import type { Ban, BanRepository } from '../../domain/ports/bans.ts';
import type { DailyClientRepository } from '../../domain/ports/daily-clients.ts';
import type { RefusedConversationRepository } from '../../domain/ports/refused-conversations.ts';
import type { RoomAbsence, RoomAbsenceRepository } from '../../domain/ports/room-absences.ts';
import type { TagHolder, TagHolderRepository } from '../../domain/ports/tag-holders.ts';
import { pair, type Tables } from './tables.ts';

export function refusedConversationRepository(tables: Tables): RefusedConversationRepository {
  const of = (app: number, client: string) => tables.refusedConversations.get(pair(app, client)) ?? new Set();
  return {
    async add(app, client, conversation) {
      tables.refusedConversations.set(pair(app, client), of(app, client).add(conversation));
    },
    async remove(app, client, conversation) {
      of(app, client).delete(conversation);
    },
    async list(app, client, skip, limit) {
      return [...of(app, client)].slice(skip, skip + limit);
    },
    async refusedBy(app, conversation, clients) {
      return clients.filter((client) => of(app, client).has(conversation));
    },
  };
}

export function dailyClientRepository({ dailyClients }: Tables): DailyClientRepository {
  return {
    async add(app, day, clients) {
      const apps = dailyClients.get(day) ?? new Map<number, Set<string>>();
      dailyClients.set(day, apps.set(app, new Set([...(apps.get(app) ?? []), ...clients])));
    },
    async count(app, day) {
      return dailyClients.get(day)?.get(app)?.size ?? 0;
    },
    async has(app, day, client) {
      return dailyClients.get(day)?.get(app)?.has(client) ?? false;
    },
    async forget(before, limit) {
      let forgotten = 0;
      for (const [day, apps] of dailyClients) {
        if (day >= before || forgotten >= limit) continue;
        dailyClients.delete(day);
        for (const clients of apps.values()) forgotten += clients.size;
      }
      return forgotten;
    },
  };
}

export function banRepository({ bans }: Tables): BanRepository {
  const inForce = (now: number) => (ban: Ban) => ban.until === undefined || ban.until > now;
  return {
    async loadAll(now) {
      return [...bans].flatMap(([app, ofApp]) =>
        [...ofApp.values()].filter(inForce(now)).map((ban) => ({ ...ban, app })),
      );
    },
    async put(app, ban) {
      bans.set(app, (bans.get(app) ?? new Map()).set(ban.client, ban));
    },
    async lift(app, client) {
      return bans.get(app)?.delete(client) ?? false;
    },
    async list(app, now, after, limit) {
      return [...(bans.get(app)?.values() ?? [])]
        .filter(inForce(now))
        .filter(({ client }) => after === undefined || client > after)
        .sort((a, b) => (a.client < b.client ? -1 : 1))
        .slice(0, limit);
    },
  };
}

export function roomAbsenceRepository(): RoomAbsenceRepository {
  let kept = new Map<string, RoomAbsence>();
  return {
    async keep(absences) {
      for (const absence of absences) kept.set(absence.name, absence);
    },
    async take() {
      const taken = [...kept.values()].sort((a, b) => a.until - b.until);
      kept = new Map();
      return taken;
    },
  };
}

export function tagHolderRepository(): TagHolderRepository {
  /** The newest is the last. */
  const holders = new Map<string, TagHolder>();
  const nameOf = ({ app, client, tag }: TagHolder) => JSON.stringify([app, client, tag]);
  return {
    async put(holder) {
      holders.delete(nameOf(holder));
      holders.set(nameOf(holder), holder);
    },
    async remove(holder) {
      if (holders.get(nameOf(holder))?.device === holder.device) holders.delete(nameOf(holder));
    },
    async newest(limit) {
      return [...holders.values()].slice(Math.max(0, holders.size - limit));
    },
    async forgetOldest(kept, limit) {
      const excess = Math.min(limit, Math.max(0, holders.size - kept));
      for (const name of [...holders.keys()].slice(0, excess)) holders.delete(name);
      return excess;
    },
  };
}
