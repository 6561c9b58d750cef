import type { App } from '../../domain/app/app.ts';
import { type AppSettings, defaultAppSettings } from '../../domain/app/app-settings.ts';
import { ImError } from '../../domain/errors.ts';
import { type SentMessage, sendMessage } from '../../domain/message/send-message.ts';
import type { DeadLetter } from '../../domain/ports/webhooks.ts';
import { kickClient, MAX_REASON } from '../../domain/presence/kick-client.ts';
import type { World } from '../../domain/world.ts';
import type { AppDirectory } from '../app-directory.ts';
import { randomKey } from '../provision-app.ts';

const MAX_LETTERS = 10_000;

/** What an operator on this machine may ask, as it travels over the control socket. */
export type AdministrationRequest =
  | { readonly ask: 'app'; readonly app?: string }
  | { readonly ask: 'apps' }
  | { readonly ask: 'create-app'; readonly id?: string }
  | { readonly ask: 'rotate-key'; readonly app?: string; readonly key: 'app' | 'master' }
  | {
      readonly ask: 'change-settings';
      readonly app?: string;
      readonly change: Readonly<Record<string, unknown>>;
    }
  | { readonly ask: 'kick'; readonly app?: string; readonly client: string; readonly reason: string }
  | { readonly ask: 'dead-letters'; readonly app?: string }
  | { readonly ask: 'replay'; readonly app?: string; readonly id?: number }
  | {
      readonly ask: 'send';
      readonly app?: string;
      readonly conversation: string;
      readonly from: string;
      readonly body: string;
      readonly transient: boolean;
    };

interface Answers {
  readonly app: AppReport;
  readonly apps: readonly AppReport[];
  readonly 'create-app': AppReport;
  readonly 'rotate-key': AppReport;
  readonly 'change-settings': AppReport;
  readonly kick: KickReport;
  readonly send: SentMessage;
  readonly 'dead-letters': readonly DeadLetter[];
  readonly replay: { readonly replayed: number };
}

export type AdministrationAnswer<Request extends AdministrationRequest> = Answers[Request['ask']];

/** One app as its operator sees it. */
export interface AppReport {
  readonly id: string;
  readonly appKey: string;
  readonly masterKey: string;
  readonly settings: AppSettings;
  /** Names of the settings that differ from the standard. */
  readonly changed: readonly string[];
}

export interface KickReport {
  readonly client: string;
  /** How many sessions were ended. */
  readonly sessions: number;
}

/** A request that cannot be met; the message says what to do. */
export class AdministrationRefused extends Error {
  override readonly name = 'AdministrationRefused';
}

export interface Administered {
  readonly apps: AppDirectory;
  readonly world: World;
  readonly webhooks: { replay(app: App, letter: DeadLetter): Promise<void> };
  readonly live: { of(app: number, client: string): readonly unknown[] };
}

/** @throws AdministrationRefused, AppSettingsInvalid */
export async function administer<Request extends AdministrationRequest>(
  administered: Administered,
  request: Request,
): Promise<AdministrationAnswer<Request>> {
  try {
    // Which answer belongs to which request is the table above, which the compiler cannot follow here.
    return (await answer(administered, request)) as AdministrationAnswer<Request>;
  } catch (error) {
    if (error instanceof ImError) throw new AdministrationRefused(`${error.message} (${error.code})`);
    throw error;
  }
}

async function answer(
  administered: Administered,
  request: AdministrationRequest,
): Promise<Answers[keyof Answers]> {
  const { apps, world, live } = administered;
  switch (request.ask) {
    case 'app':
      return report(appOf(apps, request.app));
    case 'apps':
      return apps.list().map(report);
    case 'create-app':
      return report(await createApp(apps, request.id, world.clock.now()));
    case 'rotate-key': {
      const { id } = appOf(apps, request.app);
      const key = randomKey();
      return reportOf(
        await apps.changeKeys(id, request.key === 'app' ? { appKey: key } : { masterKey: key }),
        id,
      );
    }
    case 'change-settings': {
      const { id } = appOf(apps, request.app);
      return reportOf(await apps.changeSettings(id, request.change), id);
    }
    case 'kick': {
      const app = appOf(apps, request.app);
      if ([...request.reason].length > MAX_REASON) {
        throw new AdministrationRefused(`A reason has at most ${MAX_REASON} characters.`);
      }
      const sessions = live.of(app.key, request.client).length;
      await kickClient(world, { app }, request.client, request.reason);
      return { client: request.client, sessions };
    }
    case 'dead-letters': {
      const { key } = appOf(apps, request.app);
      return world.store.webhooks.deadLetters(key, 0, MAX_LETTERS);
    }
    case 'replay':
      return replay(administered, appOf(apps, request.app), request.id);
    case 'send':
      return sendMessage(
        world,
        { app: appOf(apps, request.app), speaksFor: request.from },
        {
          conversation: request.conversation,
          body: request.body,
          kind: request.transient ? 'transient' : 'stored',
          receipt: false,
          mentions: [],
          mentionAll: false,
          priority: 'normal',
        },
      );
  }
}

/** One dead letter, or all of an app, the oldest first; stops at the first that is not taken. */
async function replay(
  { world, webhooks }: Administered,
  app: App,
  id: number | undefined,
): Promise<{ readonly replayed: number }> {
  const letters = await world.store.webhooks.deadLetters(app.key, 0, MAX_LETTERS);
  const chosen = letters.filter((letter) => id === undefined || letter.id === id);
  if (id !== undefined && chosen.length === 0)
    throw new AdministrationRefused(`There is no dead letter ${id}.`);
  let replayed = 0;
  for (const letter of chosen) {
    try {
      await webhooks.replay(app, letter);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new AdministrationRefused(
        `${replayed} of ${chosen.length} were taken; number ${letter.id} was not: ${reason}`,
      );
    }
    replayed++;
  }
  return { replayed };
}

async function createApp(apps: AppDirectory, id: string | undefined, now: number): Promise<App> {
  if (id !== undefined && !/^[\w-]{1,64}$/.test(id)) {
    throw new AdministrationRefused('An app id has 1 to 64 letters, digits, "-" and "_".');
  }
  const keys = { id: id ?? randomKey(), appKey: randomKey(), masterKey: randomKey() };
  const created = await apps.create(keys, now);
  if (created === undefined) throw new AdministrationRefused(`There is an app ${id} already.`);
  return created;
}

function appOf(apps: AppDirectory, wanted: string | undefined): App {
  const all = apps.list();
  const [first] = all;
  if (first === undefined) {
    throw new AdministrationRefused('There is no app yet: start the server once, and it makes one.');
  }
  const ids = all.map(({ id }) => id).join(', ');
  if (wanted === undefined) {
    if (all.length === 1) return first;
    throw new AdministrationRefused(`There are several apps: name one with --app. They are ${ids}.`);
  }
  return reportable(apps.find(wanted), `There is no app ${wanted}. There is ${ids}.`);
}

function reportable(app: App | undefined, problem: string): App {
  if (app === undefined) throw new AdministrationRefused(problem);
  return app;
}

function reportOf(app: App | undefined, id: string): AppReport {
  return report(reportable(app, `There is no app ${id}.`));
}

function report({ id, appKey, masterKey, settings }: App): AppReport {
  const changed = Object.keys(defaultAppSettings).filter((name) => {
    const key = name as keyof AppSettings;
    return JSON.stringify(settings[key]) !== JSON.stringify(defaultAppSettings[key]);
  });
  return { id, appKey, masterKey, settings, changed };
}
