import type { App } from '../app/app.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import type { DeliverableMessage, MessageSent } from '../events.ts';
import { heardIfAnything } from '../hook/heard.ts';
import type { ClientId } from '../identifiers.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { PushVerdict } from '../ports/hooks.ts';
import type { World } from '../world.ts';

/** A message as those who are away are to be notified of it. */
export interface OfflinePush {
  readonly conversation: Conversation;
  readonly message: DeliverableMessage;
  readonly receivers: readonly ClientId[];
  readonly content: JsonObject;
}

/**
 * Who is to be notified of a message that was told, and with what: those of its receivers who are not there and have
 * not silenced the conversation, as the app's hook lets pass (`hooks-and-signatures §3.2`). Chat rooms, transient
 * messages, wills and what a service says to many are notified of in no such way.
 *
 * @returns `undefined` where nobody is
 */
export async function planPush(world: World, app: App, event: MessageSent): Promise<OfflinePush | undefined> {
  const offline = receiversOf(event).filter((client) => !world.presence.isOnline(app.key, client));
  if (offline.length === 0) return undefined;
  const verdict = await ask(world, app, event, offline);
  if (verdict.verdict === 'skip') return undefined;
  const { conversation, message } = event;
  const chosen = verdict.receivers === undefined ? undefined : new Set(verdict.receivers);
  const wanted = offline.filter((client) => chosen?.has(client) !== false);
  const muted = new Set(verdict.force ? [] : await mutedBy(world, conversation, wanted));
  const receivers = wanted.filter((client) => !muted.has(client));
  const content = verdict.content ?? contentOf(event.pushData) ?? contentOf(app.settings.offlinePushContent);
  return receivers.length === 0 || content === undefined
    ? undefined
    : { conversation, message, receivers, content };
}

/** In a service each subscriber has a mark of its own. */
async function mutedBy(
  world: World,
  conversation: Conversation,
  clients: readonly ClientId[],
): Promise<readonly ClientId[]> {
  if (conversation.kind !== 'service') return conversation.mutedBy;
  const { services } = world.store;
  const all = await Promise.all(clients.map((client) => services.subscriptions(client, [conversation.key])));
  return all.flat().flatMap(({ client, muted }) => (muted ? [client] : []));
}

async function ask(
  world: World,
  app: App,
  event: MessageSent,
  offline: readonly ClientId[],
): Promise<PushVerdict> {
  const asIs: PushVerdict = { verdict: 'push', force: false };
  const hook = event.isUnhooked === true ? undefined : world.hooks.before(app)?.receiversOffline;
  if (hook === undefined) return asIs;
  const { conversation, message } = event;
  const { sender, body, timestamp, mentions, mentionAll } = message;
  const missed = { conversation, sender, offline, body, at: timestamp, mentions, mentionAll };
  // The message is delivered already; all that can fail is the push.
  const said = await heardIfAnything<PushVerdict>(
    app,
    () => hook(missed),
    () => ({ verdict: 'skip' }),
  );
  return said ?? asIs;
}

function receiversOf({
  kind,
  conversation,
  receivers,
  audience,
  message,
  isContinued,
}: MessageSent): readonly ClientId[] {
  if (kind !== 'stored' || conversation.kind === 'chat-room' || isContinued === true) return [];
  const all = receivers ?? (audience?.to === 'clients' ? audience.clients : conversation.members);
  return all.filter((client) => client !== message.sender);
}

/** Content is JSON in text; any other text is what is shown. */
function contentOf(text: string | undefined): JsonObject | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    if (isJsonObject(parsed)) return parsed;
  } catch {
    // Text for people.
  }
  return { alert: text };
}
