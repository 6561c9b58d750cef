import type { Apps } from '../domain/ports/apps.ts';
import type { Clock } from '../domain/ports/clock.ts';
import { isSameSecret } from '../domain/same-secret.ts';
import type { Gateway, MetricsDoor } from '../gateway/index.ts';
import type { MetricSources, Metrics } from '../metrics/index.ts';
import type { Core } from './create-core.ts';

/** Where the metrics read what the rooms have counted. Apps go by their ids there, as operators know them. */
export function metricSources(core: Core, gateway: Gateway, apps: Apps, clock: Clock): MetricSources {
  const { live, world, hooks, plugins, webhooks, counted } = core;
  const idOf = (key: number) => apps.byKey(key)?.id ?? String(key);
  return {
    gateway: () => gateway.stats(),
    sessions: () =>
      apps.list().map(({ key, id }) => ({
        app: id,
        count: live.countSessions(key),
        clients: live.countOnline(key),
      })),
    commands: () => counted.commands.read(),
    *messages() {
      for (const { app, ...counts } of counted.messages.read()) yield { app: idOf(app), ...counts };
    },
    deliveries: () => counted.messages.deliveries,
    *discarded() {
      for (const [app, count] of counted.ceiling.discarded) yield { app: idOf(app), count };
    },
    *engines() {
      for (const { app, ...status } of hooks.status()) yield { app: app.id, ...status };
    },
    *plugins() {
      for (const { name, ...status } of plugins.status()) yield { plugin: name, ...status };
    },
    webhooks: async () =>
      (await webhooks.status(clock.now())).map(({ app, ...status }) => ({ app: idOf(app), ...status })),
    deadLetters: () =>
      Promise.all(
        apps
          .list()
          .map(async ({ key, id }) => ({ app: id, count: await world.store.webhooks.countDeadLetters(key) })),
      ),
  };
}

export function metricsDoor({
  token,
  measured,
}: {
  readonly token: string;
  readonly measured: Metrics;
}): MetricsDoor {
  return {
    isToken: (presented) => isSameSecret(presented, token),
    render: () => measured.render(),
    requestServed: (method, route, status, milliseconds) =>
      measured.observed.requestServed(method, route, status, milliseconds),
  };
}
