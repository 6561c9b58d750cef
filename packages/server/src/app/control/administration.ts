import type { App } from '../../domain/app/app.ts';
import { type AppSettings, defaultAppSettings } from '../../domain/app/app-settings.ts';
import { AppSettingsInvalid } from '../../domain/app/change-app-settings.ts';
import { type AdministrativeAction, recordAction } from '../../domain/audit/record-action.ts';
import { banClient } from '../../domain/ban/ban-client.ts';
import { liftBan } from '../../domain/ban/lift-ban.ts';
import { type BanPage, listBans } from '../../domain/ban/list-bans.ts';
import { DataError, ImError } from '../../domain/errors.ts';
import { changeKeywords, type KeywordSummary } from '../../domain/keyword-filter/change-keywords.ts';
import { type KeywordPage, listKeywords } from '../../domain/keyword-filter/list-keywords.ts';
import type { SentMessage } from '../../domain/message/message-to-send.ts';
import { sendMessage } from '../../domain/message/send-message.ts';
import type { AuditAuthor, AuditEntry, AuditQuery } from '../../domain/ports/audit.ts';
import type { Ban } from '../../domain/ports/bans.ts';
import type { DeadLetter } from '../../domain/ports/webhooks.ts';
import { kickClient } from '../../domain/presence/kick-client.ts';
import type { World } from '../../domain/world.ts';
import type { AppDirectory } from '../app-directory.ts';
import { DEMO_APP_ID } from '../demo/demo-app.ts';
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
  | {
      readonly ask: 'ban';
      readonly app?: string;
      readonly client: string;
      /** Absent: for good. */
      readonly seconds?: number;
      readonly reason: string;
    }
  | { readonly ask: 'lift-ban'; readonly app?: string; readonly client: string }
  | { readonly ask: 'bans'; readonly app?: string; readonly after?: string; readonly limit: number }
  | { readonly ask: 'keywords'; readonly app?: string }
  | { readonly ask: 'change-keywords'; readonly app?: string; readonly file: string }
  | { readonly ask: 'dead-letters'; readonly app?: string }
  | { readonly ask: 'audit'; readonly app?: string; readonly query: Omit<AuditQuery, 'app'> }
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
  readonly ban: Ban;
  readonly 'lift-ban': { readonly wasBanned: boolean };
  readonly bans: BanPage;
  readonly keywords: KeywordPage;
  readonly 'change-keywords': KeywordSummary;
  readonly send: SentMessage;
  readonly 'dead-letters': readonly DeadLetter[];
  readonly audit: readonly AuditEntry[];
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

/** How the audit log tells what was asked; `nothing` where nothing changes, or where the store writes it itself. */
type Told = 'nothing' | 'with the change' | ((request: never) => AdministrativeAction);

const TOLD: { readonly [Ask in AdministrationRequest['ask']]: Told } = {
  app: 'nothing',
  apps: 'nothing',
  audit: 'nothing',
  bans: 'nothing',
  keywords: 'nothing',
  'dead-letters': 'nothing',
  'create-app': 'with the change',
  'rotate-key': 'with the change',
  'change-settings': 'with the change',
  kick: ({ client, reason }: RequestOf<'kick'>) => ({
    action: 'client.kick',
    target: client,
    details: reason === '' ? {} : { reason },
  }),
  ban: ({ client, seconds, reason }: RequestOf<'ban'>) => ({
    action: 'client.ban',
    target: client,
    details: { ...(seconds !== undefined && { ttl: seconds }), ...(reason !== '' && { reason }) },
  }),
  'lift-ban': ({ client }: RequestOf<'lift-ban'>) => ({ action: 'client.unban', target: client }),
  'change-keywords': ({ file }: RequestOf<'change-keywords'>) =>
    file === ''
      ? { action: 'keywords.clear' }
      : { action: 'keywords.change', details: { bytes: Buffer.byteLength(file) } },
  replay: ({ id }: RequestOf<'replay'>) => ({ action: 'webhook.replay', target: id?.toString() ?? 'all' }),
  send: ({ conversation, from }: RequestOf<'send'>) => ({
    action: 'message.send',
    target: conversation,
    details: { from },
  }),
};

type RequestOf<Ask> = Extract<AdministrationRequest, { readonly ask: Ask }>;

/** @throws AdministrationRefused, AppSettingsInvalid */
export async function administer<Request extends AdministrationRequest>(
  administered: Administered,
  request: Request,
  author: AuditAuthor,
): Promise<AdministrationAnswer<Request>> {
  const record = async (outcome: Pick<AdministrativeAction, 'failed'>) => {
    const told = TOLD[request.ask];
    if (typeof told !== 'function') return;
    const app = appOf(administered.apps, 'app' in request ? request.app : undefined);
    await recordAction(administered.world, app, author, { ...told(request as never), ...outcome });
  };
  try {
    const done = await answer(administered, request, author).catch(async (error: unknown) => {
      if (!isRefusal(error)) await record({ failed: true });
      throw error;
    });
    await record({});
    // Which answer belongs to which request is the table above, which the compiler cannot follow here.
    return done as AdministrationAnswer<Request>;
  } catch (error) {
    if (error instanceof DataError) throw new AdministrationRefused(error.message);
    if (error instanceof ImError) throw new AdministrationRefused(`${error.message} (${error.code})`);
    throw error;
  }
}

/** Refusals did nothing, so nothing is written down about them. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof ImError ||
    error instanceof DataError ||
    error instanceof AdministrationRefused ||
    error instanceof AppSettingsInvalid
  );
}

async function answer(
  administered: Administered,
  request: AdministrationRequest,
  author: AuditAuthor,
): Promise<Answers[keyof Answers]> {
  const { apps, world, live } = administered;
  switch (request.ask) {
    case 'app':
      return report(appOf(apps, request.app));
    case 'apps':
      return apps.list().map(report);
    case 'create-app':
      return report(await createApp(apps, request.id, world.clock.now(), author));
    case 'rotate-key': {
      const { id } = appOf(apps, request.app);
      const key = randomKey();
      return reportOf(
        await apps.changeKeys(id, request.key === 'app' ? { appKey: key } : { masterKey: key }, author),
        id,
      );
    }
    case 'change-settings': {
      const { id } = appOf(apps, request.app);
      return reportOf(await apps.changeSettings(id, request.change, author), id);
    }
    case 'kick': {
      const app = appOf(apps, request.app);
      const sessions = live.of(app.key, request.client).length;
      await kickClient(world, { app }, request.client, request.reason);
      return { client: request.client, sessions };
    }
    case 'ban': {
      const { client, seconds, reason } = request;
      const app = appOf(apps, request.app);
      return banClient(world, { app }, { client, reason, ...(seconds !== undefined && { seconds }) });
    }
    case 'lift-ban':
      return { wasBanned: await liftBan(world, { app: appOf(apps, request.app) }, request.client) };
    case 'bans':
      return listBans(world, appOf(apps, request.app), request);
    case 'keywords':
      return listKeywords(world, appOf(apps, request.app), { skip: 0 });
    case 'change-keywords':
      return changeKeywords(world, { app: appOf(apps, request.app) }, request.file);
    case 'dead-letters': {
      const { key } = appOf(apps, request.app);
      return world.store.webhooks.deadLetters(key, 0, MAX_LETTERS);
    }
    case 'audit':
      return world.store.audit.list({ ...request.query, app: appOf(apps, request.app).key });
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

async function createApp(
  apps: AppDirectory,
  id: string | undefined,
  now: number,
  author: AuditAuthor,
): Promise<App> {
  // The Java SDK cannot work with shorter ones (`storage-subset §9.2`).
  if (id !== undefined && !/^[\w-]{9,64}$/.test(id)) {
    throw new AdministrationRefused('An app id has 9 to 64 letters, digits, "-" and "_".');
  }
  if (id === DEMO_APP_ID) throw new AdministrationRefused(`${id} is the app of the chat page at /.`);
  const keys = { id: id ?? randomKey(), appKey: randomKey(), masterKey: randomKey() };
  const created = await apps.create(keys, now, author);
  if (created === undefined) throw new AdministrationRefused(`There is an app ${id} already.`);
  return created;
}

function appOf(apps: AppDirectory, wanted: string | undefined): App {
  const all = apps.list();
  // Nobody means the app of the chat page unless they say so.
  const [first, another] = all.filter(({ id }) => id !== DEMO_APP_ID);
  if (first === undefined) {
    throw new AdministrationRefused('There is no app yet: start the server once, and it makes one.');
  }
  const ids = all.map(({ id }) => id).join(', ');
  if (wanted === undefined) {
    if (another === undefined) return first;
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
