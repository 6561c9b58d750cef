// The process of one plug-in: loads it, asks and tells it what the server says, and hands back what came of it. The
// server can end this process at any time and start another; nothing here is needed to serve.
import { ActionRefused, type App, type Handlers, type Parley } from '../plugin.ts';
import {
  type Action,
  AFTER_NAMES,
  BEFORE_NAMES,
  type Begin,
  type Failure,
  type ToPlugin,
} from '../protocol.ts';
import { readAnswer } from './answers.ts';
import { appActions, bounded } from './app-actions.ts';
import { takeChannel } from './channel.ts';
import { failureOf } from './failure-of.ts';
import { guardProcess } from './guard-process.ts';
import { loadPlugin, Unusable } from './load-plugin.ts';
import { logLines } from './log-lines.ts';
import { MalformedValue } from './values.ts';
import { watchServer } from './watch-server.ts';

interface WaitingAction {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: ActionRefused) => void;
}

const channel = takeChannel();
guardProcess(channel);
watchServer();

const log = logLines(channel);
const apps = new Map<string, App>();
const actions = new Map<number, WaitingAction>();
let lastAction = 0;
let handlers: Handlers = {};

const perform = bounded((app, action: Action) => {
  const act = ++lastAction;
  channel.post({ act, app, action });
  return new Promise((resolve, reject) => actions.set(act, { resolve, reject }));
});

channel.receive(
  (begin) => void start(begin),
  (messages) => {
    for (const message of messages) received(message);
  },
);

async function start({ url, options, appIds }: Begin['begin']): Promise<void> {
  const parley: Parley = { log, appIds, app: appOf };
  try {
    const plugin = await loadPlugin(url, options, parley);
    handlers = plugin.handlers;
    channel.post({
      ready: {
        name: plugin.name,
        // Asked for by name, because methods of a class are no keys of its objects.
        before: BEFORE_NAMES.filter((name) => typeof handlers.before?.[name] === 'function'),
        after: AFTER_NAMES.filter((name) => typeof handlers.after?.[name] === 'function'),
      },
    });
  } catch (error) {
    const reason = error instanceof Unusable ? error.message : `it failed: ${failureOf(error).message}`;
    await channel.postLast({ unusable: reason });
    process.exit(1);
  }
}

function received(message: ToPlugin): void {
  if ('ask' in message) void asked(message);
  else if ('tell' in message) void told(message);
  else if ('done' in message) ended(message.done)?.resolve(message.value);
  else if ('refused' in message) ended(message.refused)?.reject(refusal(message.failure));
  else if ('ping' in message) channel.post({ pong: true });
  else void stop();
}

async function asked({ ask, hook, app, input }: Extract<ToPlugin, { ask: number }>): Promise<void> {
  try {
    const handler: unknown = handlers.before?.[hook];
    const answer =
      typeof handler === 'function' ? await handler.call(handlers.before, input, appOf(app)) : undefined;
    channel.post({ answered: ask, verdict: readAnswer(hook, answer) });
  } catch (error) {
    const { message, ...failure } = failureOf(error);
    const said = error instanceof MalformedValue ? `Its answer cannot be used: ${message}` : message;
    channel.post({ failed: ask, failure: { ...failure, message: said } });
  }
}

async function told({ tell, event, app, input }: Extract<ToPlugin, { tell: number }>): Promise<void> {
  try {
    const handler: unknown = handlers.after?.[event];
    if (typeof handler === 'function') await handler.call(handlers.after, input, appOf(app));
    channel.post({ told: tell });
  } catch (error) {
    channel.post({ told: tell, failure: failureOf(error) });
  }
}

async function stop(): Promise<void> {
  try {
    await handlers.stop?.();
  } catch (error) {
    channel.post({ stray: failureOf(error) });
  }
  await channel.postLast({ stopped: true });
  process.exit(0);
}

function appOf(id: string): App {
  const known = apps.get(id);
  if (known !== undefined) return known;
  const app = appActions(id, perform);
  apps.set(id, app);
  return app;
}

function ended(action: number): WaitingAction | undefined {
  const waiting = actions.get(action);
  actions.delete(action);
  return waiting;
}

function refusal({ message, code }: Failure): ActionRefused {
  return new ActionRefused(message, code);
}
