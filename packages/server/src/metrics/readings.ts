import { Counter, Gauge, type Registry } from 'prom-client';
import type { MetricSources, PluginReading, WebhookReading } from './sources.ts';

type Labels = Readonly<Record<string, string | number>>;
type Read = () => Iterable<readonly [labels: Labels, value: number]>;

/** Registers what is read from the rooms each time somebody asks. */
export function registerReadings(registry: Registry, sources: MetricSources): void {
  const registers = [registry];
  const total = (name: string, help: string, labelNames: readonly string[], read: Read) => {
    const counter: Counter = new Counter({
      name: `parley_${name}_total`,
      help,
      labelNames: [...labelNames],
      registers,
      collect() {
        counter.reset();
        for (const [labels, value] of read()) counter.inc(labels, value);
      },
    });
  };
  const now = (name: string, help: string, labelNames: readonly string[], read: Read) => {
    const gauge: Gauge = new Gauge({
      name: `parley_${name}`,
      help,
      labelNames: [...labelNames],
      registers,
      collect() {
        gauge.reset();
        for (const [labels, value] of read()) gauge.set(labels, value);
      },
    });
  };
  const one = (value: number): ReturnType<Read> => [[{}, value]];

  connections();
  messaging();
  hooks();
  plugins();
  webhooks();

  function connections(): void {
    const { gateway } = sources;
    now('connections', 'Open WebSockets.', [], () => one(gateway().connections));
    now('loop_saturated', '1 while frames wait a moment to share writes, because the loop is busy.', [], () =>
      one(gateway().saturated ? 1 : 0),
    );
    total('connections_accepted', 'WebSockets accepted.', [], () => one(gateway().accepted));
    total('connections_refused', 'Upgrades refused.', [], () => one(gateway().refused));
    total('connections_closed', 'Close frames sent, by code.', ['code'], () =>
      [...gateway().closed].map(([code, count]) => [{ code }, count] as const),
    );
    total('connections_overrun', 'Connections cut because their client read too slowly.', [], () =>
      one(gateway().overruns),
    );
    total('frames_received', 'Commands received.', [], () => one(gateway().received));
    total('frames_sent', 'Frames queued for clients, dropped ones included.', [], () => one(gateway().sent));
    total('socket_writes', 'Writes that frames left in; frames by writes is what joining gains.', [], () =>
      one(gateway().writes),
    );
    total('frames_dropped', 'Frames dropped on congested connections.', ['priority'], () =>
      Object.entries(gateway().dropped).map(([priority, count]) => [{ priority }, count] as const),
    );
  }

  function messaging(): void {
    now('sessions', 'Clients logged in, each device counted.', ['app'], () =>
      [...sources.sessions()].map(({ app, count }) => [{ app }, count] as const),
    );
    now('clients_online', 'Clients logged in, each counted once.', ['app'], () =>
      [...sources.sessions()].map(({ app, clients }) => [{ app }, clients] as const),
    );
    total(
      'commands',
      'Commands served, by outcome: ok, or the code of the refusal.',
      ['command', 'outcome'],
      () =>
        [...sources.commands()].map(({ command, outcome, count }) => [{ command, outcome }, count] as const),
    );
    total(
      'messages',
      'Messages committed, or told where they are not stored.',
      ['app', 'conversation', 'kind'],
      () =>
        [...sources.messages()].map(
          ({ app, conversation, kind, count }) => [{ app, conversation, kind }, count] as const,
        ),
    );
    total('deliveries', 'Messages handed to a session, each counted.', [], () => one(sources.deliveries()));
    total('deliveries_discarded', 'Deliveries above the ceiling of the app.', ['app'], () =>
      [...sources.discarded()].map(({ app, count }) => [{ app }, count] as const),
    );
  }

  function hooks(): void {
    now(
      'hook_breaker_open',
      '1 while a hook is left alone, 0.5 while it is tried again.',
      ['app', 'hook'],
      () =>
        [...sources.engines()].flatMap(({ app, breakers }) =>
          [...breakers].map(([hook, state]) => [{ app, hook }, OPENNESS[state]] as const),
        ),
    );
    now('hook_calls_waiting', 'Calls of hooks that wait for their turn.', ['app'], () =>
      [...sources.engines()].map(({ app, waiting }) => [{ app }, waiting] as const),
    );
  }

  function plugins(): void {
    const each = (value: (reading: PluginReading) => number) => () =>
      [...sources.plugins()].map((reading) => [{ plugin: reading.plugin }, value(reading)] as const);
    const labels = ['plugin'];
    now(
      'plugin_up',
      '1 while the process of a plug-in runs.',
      labels,
      each(({ isRunning }) => (isRunning ? 1 : 0)),
    );
    total(
      'plugin_restarts',
      'Times a plug-in was started anew.',
      labels,
      each(({ restarts }) => restarts),
    );
    total(
      'plugin_questions',
      'Questions to a plug-in.',
      labels,
      each(({ called }) => called),
    );
    total(
      'plugin_questions_failed',
      'Questions it did not answer as it should.',
      labels,
      each(({ failed }) => failed),
    );
    now(
      'plugin_events_waiting',
      'Events that wait to be told.',
      labels,
      each(({ waiting }) => waiting),
    );
    total(
      'plugin_events_dropped',
      'Events that were not told, because too many were waiting.',
      labels,
      each(({ dropped }) => dropped),
    );
    now(
      'plugin_breaker_open',
      '1 while a hook of a plug-in is left alone, 0.5 while it is tried again.',
      ['plugin', 'hook'],
      () =>
        [...sources.plugins()].flatMap(({ plugin, breakers }) =>
          [...breakers].map(([hook, state]) => [{ plugin, hook }, OPENNESS[state]] as const),
        ),
    );
  }

  function webhooks(): void {
    // Read once for all that is asked in the same moment.
    let reading: Promise<Iterable<WebhookReading>> | undefined;
    const read = () => {
      reading ??= sources.webhooks().finally(() => {
        reading = undefined;
      });
      return reading;
    };
    const labelNames = ['app', 'webhook'];
    const backlog = new Gauge({
      name: 'parley_webhook_backlog',
      help: 'Places of the message log a webhook has still to look at; messages of other apps are among them.',
      labelNames,
      registers,
      async collect() {
        const webhooks = await read();
        backlog.reset();
        for (const { app, webhook, backlog: count } of webhooks) backlog.set({ app, webhook }, count);
      },
    });
    const lag = new Gauge({
      name: 'parley_webhook_lag_seconds',
      help: 'How long the oldest message under way has been waiting.',
      labelNames,
      registers,
      async collect() {
        const webhooks = await read();
        lag.reset();
        for (const { app, webhook, lagSeconds } of webhooks) lag.set({ app, webhook }, lagSeconds);
      },
    });
    const batches = new Counter({
      name: 'parley_webhook_batches_total',
      help: 'Attempts to deliver a batch: taken, failed, set-aside after the last one.',
      labelNames: [...labelNames, 'outcome'],
      registers,
      async collect() {
        const webhooks = await read();
        batches.reset();
        for (const { app, webhook, taken, failed, setAside } of webhooks) {
          batches.inc({ app, webhook, outcome: 'taken' }, taken);
          batches.inc({ app, webhook, outcome: 'failed' }, failed);
          batches.inc({ app, webhook, outcome: 'set-aside' }, setAside);
        }
      },
    });
    const letters = new Gauge({
      name: 'parley_webhook_dead_letters',
      help: 'Batches that were set aside and not replayed.',
      labelNames: ['app'],
      registers,
      async collect() {
        const counted = await sources.deadLetters();
        letters.reset();
        for (const { app, count } of counted) letters.set({ app }, count);
      },
    });
  }
}

const OPENNESS = { closed: 0, 'half-open': 0.5, open: 1 } as const;
