import type { App } from '../domain/app/app.ts';
import type { MessageId, Milliseconds } from '../domain/identifiers.ts';
import { subscribedServices } from '../domain/service-conversation/subscriptions.ts';
import { listUnread } from '../domain/unread/list-unread.ts';
import type { World } from '../domain/world.ts';
import { directPush } from '../pushes/direct.ts';
import { patchPush } from '../pushes/patch.ts';
import { unreadPushes } from '../pushes/unread.ts';
import type { Session } from './session.ts';

const PATCHES_PER_PAGE = 1000;
/** A client that was away longer is told the oldest, and sees what else was changed when it reads history. */
const MAX_PAGES = 10;
/** Messages of one conversation the old offline mode replays (D-25). */
const REPLAY_PER_CONVERSATION = 100;

export interface KnownSoFar {
  /** The `notifTime` of the last summary the client saw; 0 for none. */
  readonly unreadChangedSince: Milliseconds;
  /** The newest patch the client knows; absent sends none (`wire-protocol §4.13`). */
  readonly patchedSince: Milliseconds | undefined;
}

/**
 * Brings a client that just logged in up to date: edits and recalls it missed, then its unread conversations, or
 * the messages themselves in the old offline mode (`wire-protocol §4.1.3`). Live messages held meanwhile follow.
 */
export async function catchUp(world: World, app: App, session: Session, known: KnownSoFar): Promise<void> {
  const { client } = session.identity;
  try {
    await world.knownClients.remember(app.key, client);
    session.services.load(await subscribedServices(world, app, client));
    await pushMissedPatches(world, app, session, known.patchedSince);
    if (session.connection.offlineMode === 'unread') {
      await pushUnread(world, app, session, known.unreadChangedSince);
    } else {
      await replay(world, app, session);
    }
  } finally {
    // Also when the store failed: what was held must not be lost with the summary.
    session.release([], () => {});
  }
}

async function pushMissedPatches(
  world: World,
  app: App,
  session: Session,
  since: Milliseconds | undefined,
): Promise<void> {
  if (since === undefined || since <= 0) return;
  const { client } = session.identity;
  const now = world.clock.now();
  let from = since;
  let told: ReadonlySet<MessageId> = new Set();
  for (let page = 0; page < MAX_PAGES; page++) {
    const missed = await world.store.messages.patchedSince(app.key, client, from, PATCHES_PER_PAGE, now);
    for (const { conversation, message } of missed) {
      if (!told.has(message.id)) session.push(patchPush(message.patchedAt ?? now, conversation.id, message));
    }
    const last = missed.at(-1)?.message.patchedAt;
    if (missed.length < PATCHES_PER_PAGE || last === undefined) return;
    // The next page begins within this millisecond: others may have been changed in it, too.
    from = last - 1;
    told = new Set(missed.map(({ message }) => message.id));
  }
}

async function pushUnread(world: World, app: App, session: Session, since: Milliseconds): Promise<void> {
  const { states, at } = await listUnread(world, app, session.identity.client, since);
  // Once this resolves, every message the summary can contain has been announced, so none is still on its way.
  await world.store.ping();
  session.release(states, () => {
    for (const push of unreadPushes(states, at)) session.push(push);
  });
}

async function replay(world: World, app: App, session: Session): Promise<void> {
  const { client } = session.identity;
  const now = world.clock.now();
  const missed = await world.store.memberStates.unacknowledged(app.key, client, REPLAY_PER_CONVERSATION, now);
  for (const { conversation, messages, hasMore } of missed) {
    for (const [index, message] of messages.entries()) {
      const last = index === messages.length - 1;
      session.push(
        directPush(conversation, message, { offline: true, ...(last && hasMore && { hasMore: true }) }),
      );
    }
  }
  // As for the summary: whatever was replayed has been announced by now, and waits among the held messages.
  await world.store.ping();
  session.releaseExcept(new Set(missed.flatMap(({ messages }) => messages.map(({ id }) => id))));
}
