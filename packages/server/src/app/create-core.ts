import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { CommandCounters } from '../commands/command-counters.ts';
import { serveConnections } from '../commands/serve-connection.ts';
import { BannedClients } from '../domain/ban/banned-clients.ts';
import { ConversationCache } from '../domain/conversation/conversation-cache.ts';
import type { Conversation } from '../domain/conversation/known-conversation.ts';
import type { DomainEvent } from '../domain/events.ts';
import { HookChain } from '../domain/hook/hook-chain.ts';
import { KeywordFilters } from '../domain/keyword-filter/keyword-filters.ts';
import { ClientRates } from '../domain/limits/client-rates.ts';
import type { SentMessage } from '../domain/message/message-to-send.ts';
import { RecentUnstored } from '../domain/message/recent-unstored.ts';
import type { Apps } from '../domain/ports/apps.ts';
import type { Clock } from '../domain/ports/clock.ts';
import type { FileStore } from '../domain/ports/files.ts';
import type { Pusher } from '../domain/ports/pusher.ts';
import type { Random } from '../domain/ports/random.ts';
import type { Store } from '../domain/ports/store.ts';
import { DailyClients } from '../domain/presence/daily-clients.ts';
import { KnownClients } from '../domain/presence/known-clients.ts';
import { Turns } from '../domain/turns.ts';
import { ChangesUnderWay } from '../domain/unread/changes-under-way.ts';
import { Accounts } from '../domain/users/accounts.ts';
import { PendingWills } from '../domain/will/pending-wills.ts';
import type { World } from '../domain/world.ts';
import { type CallObserver, HttpHooks } from '../engines/hooks-http/index.ts';
import { threadedKeywordCompiler } from '../engines/keyword-compiler/index.ts';
import { allowedTargets, type PrivateTargets } from '../engines/outgoing/targets.ts';
import { Webhooks } from '../engines/webhooks-http/index.ts';
import { InProcessOutbox } from '../outbox/in-process-outbox.ts';
import { type PluginEntry, Plugins } from '../plugins/index.ts';
import { MessageCounters } from '../reactions/every-node/count-messages.ts';
import { deliverToSessions } from '../reactions/every-node/deliver-to-sessions.ts';
import { DeliveryCeiling } from '../reactions/every-node/delivery-ceiling.ts';
import { endKickedSessions } from '../reactions/every-node/end-kicked-sessions.ts';
import { followSubscriptions } from '../reactions/every-node/follow-subscriptions.ts';
import { pushToOffline } from '../reactions/once/push-to-offline.ts';
import { tellHooks } from '../reactions/once/tell-hooks.ts';
import { wakeWebhooks } from '../reactions/once/wake-webhooks.ts';
import { messageRecord } from '../rest/im/message-record.ts';
import type { AcceptConnection } from '../session/connection.ts';
import { LiveRooms } from '../session/live-rooms.ts';
import { LiveSessions } from '../session/live-sessions.ts';
import { Sessions } from '../session/sessions.ts';
import { TagHolders } from '../session/tag-holders.ts';
import { TokenInvalidations } from '../session/token-invalidations.ts';
import { pluginEnvironment } from './plugin-environment.ts';

/** Conversations kept in memory; a group of 500 takes some 50 KB, a pair some 500 bytes. */
const CACHED_CONVERSATIONS = 50_000;
/** Clients seen lately, some 100 bytes each. */
const KNOWN_CLIENTS = 100_000;
/** Transient messages and wills that are known again when they come a second time. */
const RECENT_UNSTORED = 10_000;

export interface CoreParts {
  readonly store: Store;
  readonly files: FileStore;
  readonly apps: Apps;
  readonly clock: Clock;
  /** Which addresses beyond the public internet hooks and webhooks may call. */
  readonly privateTargets: PrivateTargets;
  /** Absent where nothing can be pushed. */
  readonly pusher?: Pusher;
  readonly plugins?: readonly PluginEntry[];
  readonly logger: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
  /** Told of every call of a hook. */
  readonly hookCalled?: CallObserver;
}

/** The service without sockets: what accepts connections, and what it is made of. */
export interface Core {
  readonly accept: AcceptConnection;
  readonly world: World;
  readonly live: LiveSessions;
  readonly rooms: LiveRooms;
  readonly sessions: Sessions;
  readonly hooks: HttpHooks;
  readonly webhooks: Webhooks;
  readonly plugins: Plugins;
  /** What is counted for those who watch over the server. */
  readonly counted: {
    readonly messages: MessageCounters;
    readonly commands: CommandCounters;
    readonly ceiling: DeliveryCeiling;
  };
}

/**
 * Wires the rooms between the gateway and the store. The one place that knows them all. Nothing runs yet: a command that
 * works on the data of a server that is stopped neither calls anybody nor takes what the next server needs.
 */
export async function createCore({
  store,
  files,
  apps,
  clock,
  plugins: pluginEntries = [],
  logger,
  privateTargets,
  pusher,
  hookCalled,
}: CoreParts): Promise<Core> {
  const live = new LiveSessions();
  const rooms = new LiveRooms(live, clock);
  const ceiling = new DeliveryCeiling(apps, clock);
  const messages = new MessageCounters();
  const commands = new CommandCounters();
  const targets = allowedTargets(privateTargets);
  const hooks = new HttpHooks({
    apps,
    whereabouts: { presence: live, rooms },
    targets,
    ...(hookCalled !== undefined && { called: hookCalled }),
    failed: (app, error, counters) =>
      logger.error(
        { err: error, app: app.id, ...counters },
        'Calling the hooks of an app failed; more of this in the next minute is not told.',
      ),
  });
  const plugins = new Plugins({
    entries: pluginEntries,
    apps,
    whereabouts: { presence: live, rooms },
    world: () => world,
    environment: pluginEnvironment(process.env),
    log: (level, plugin, text, fields) => logger[level]({ ...fields, plugin }, text),
  });
  const webhooks = new Webhooks(
    {
      repository: store.webhooks,
      apps,
      clock,
      targets,
      failed: (app, webhook, error) =>
        logger.error(
          { err: error, app: app.id, webhook },
          'A webhook was not taken; more of this in the next minute is not told.',
        ),
    },
    ({ conversation, client, message }) => ({
      ...messageRecord(message, conversation.id, client),
      kind: conversation.kind,
    }),
  );
  apps.whenChanged((app) => webhooks.changed(app));
  apps.whenChanged((app) => hooks.changed(app));
  // Known before any event comes: events are of what sessions did.
  let sessions: Sessions | undefined;
  let knownWorld: World | undefined;
  const reactionFailed = (error: unknown, event: DomainEvent) =>
    logger.error({ err: error, event: event.type }, 'A reaction to a committed event failed.');
  const outbox = new InProcessOutbox(
    [
      followSubscriptions(live),
      messages.count,
      deliverToSessions(live, rooms, ceiling, messages),
      endKickedSessions(() => sessions),
      tellHooks(hooks),
      pushToOffline(() => knownWorld, pusher, reactionFailed),
      ...(pluginEntries.length > 0 ? [tellHooks(plugins)] : []),
      wakeWebhooks(webhooks, reactionFailed),
    ],
    reactionFailed,
  );
  const entries = new LRUCache<string, Conversation>({ max: CACHED_CONVERSATIONS });
  const world: World = {
    apps,
    store,
    clock,
    random,
    presence: live,
    knownClients: new KnownClients(store.services, clock, new LRUCache<string, true>({ max: KNOWN_CLIENTS })),
    dailyClients: new DailyClients(store.dailyClients, clock),
    rooms,
    // Plug-ins come after the app's engine: who runs the server has the last word. Without them, nothing is added.
    hooks: pluginEntries.length > 0 ? new HookChain([hooks, ...plugins.hooks]) : hooks,
    outbox,
    conversations: new ConversationCache(store.conversations, clock, entries),
    unstored: new RecentUnstored(new LRUCache<string, SentMessage>({ max: RECENT_UNSTORED })),
    turns: new Turns(),
    wills: new PendingWills(),
    changesUnderWay: new ChangesUnderWay(),
    keywords: await KeywordFilters.load(store.keywords, threadedKeywordCompiler()),
    bans: await BannedClients.load(store.bans, clock.now()),
    accounts: new Accounts(clock),
    files,
  };
  knownWorld = world;
  const invalidations = await TokenInvalidations.load(store.sessionTokens, clock.now());
  const holders = await TagHolders.load(store.tagHolders, (error) =>
    logger.error({ err: error }, 'Which device holds a tag could not be kept.'),
  );
  sessions = new Sessions(world, live, rooms, holders, invalidations);
  const accept = serveConnections({
    world,
    sessions,
    live,
    rates: new ClientRates(clock),
    counters: commands,
    failed: (error, command) =>
      logger.error({ err: error, cmd: command.cmd, op: command.op }, 'A command failed.'),
  });
  const counted = { messages, commands, ceiling };
  return { accept, world, live, rooms, sessions, hooks, webhooks, plugins, counted };
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

const random: Random = {
  conversationId: () => randomBytes(12).toString('hex'),
  clientId: () => randomUUID(),
  objectId: () => randomBytes(12).toString('hex'),
  token: (characters) =>
    Array.from({ length: characters }, () => LETTERS.charAt(randomInt(LETTERS.length))).join(''),
};
