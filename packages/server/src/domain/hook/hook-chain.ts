import type { App } from '../app/app.ts';
import type { ClientId } from '../identifiers.ts';
import type { MessageBody } from '../message/message.ts';
import type {
  BeforeHooks,
  ConversationStart,
  ConversationUpdate,
  Explanation,
  Hooks,
  IncomingMessage,
  MembershipRequest,
  MessageUpdate,
  MessageVerdict,
  MissedMessage,
  PushVerdict,
  SignVerdict,
  StartVerdict,
  UpdateVerdict,
  Verdict,
} from '../ports/hooks.ts';
import { narrowed } from './approve-message.ts';
import { heard, heardIfAnything } from './heard.ts';

const ALLOWED: SignVerdict = { isAllowed: true };

/**
 * Several who have a say, as one: each is asked about what those before it left, and the first refusal ends it. One
 * that fails has said nothing, unless the app wants the operation to fail with it; what the others said stands.
 */
export class HookChain implements Hooks {
  readonly #links: readonly Hooks[];
  /** Ends with the snapshot of the app it was made for. */
  readonly #known = new WeakMap<
    App,
    { readonly links: readonly BeforeHooks[]; readonly hooks: BeforeHooks }
  >();

  /** @param links in the order in which they are asked */
  constructor(links: readonly Hooks[]) {
    this.#links = links;
  }

  before(app: App): BeforeHooks | undefined {
    // Asked about every message: nothing is made where nobody has a say, or only one.
    let only: BeforeHooks | undefined;
    for (const link of this.#links) {
      const hooks = link.before(app);
      if (hooks === undefined) continue;
      if (only !== undefined) return this.#chainFor(app);
      only = hooks;
    }
    return only;
  }

  #chainFor(app: App): BeforeHooks {
    const links = this.#links.map((link) => link.before(app)).filter((hooks) => hooks !== undefined);
    const known = this.#known.get(app);
    if (known?.links.length === links.length && known.links.every((link, at) => link === links[at])) {
      return known.hooks;
    }
    const hooks = chained(app, links);
    this.#known.set(app, { links, hooks });
    return hooks;
  }
}

function chained(app: App, links: readonly BeforeHooks[]): BeforeHooks {
  const received = each(links, 'messageReceived');
  const updated = each(links, 'messageUpdate');
  const missed = each(links, 'receiversOffline');
  const started = each(links, 'conversationStart');
  const added = each(links, 'conversationAdd');
  const removed = each(links, 'conversationRemove');
  const changed = each(links, 'conversationUpdate');
  const signed = each(links, 'clientSign');
  return {
    ...(received.length > 0 && { messageReceived: (message) => aboutMessage(app, received, message) }),
    ...(updated.length > 0 && { messageUpdate: (update) => aboutMessage(app, updated, update) }),
    ...(missed.length > 0 && { receiversOffline: (message) => aboutPush(app, missed, message) }),
    ...(started.length > 0 && { conversationStart: (start) => aboutStart(app, started, start) }),
    ...(added.length > 0 && { conversationAdd: (change) => aboutMembers(app, added, change) }),
    ...(removed.length > 0 && { conversationRemove: (change) => aboutMembers(app, removed, change) }),
    ...(changed.length > 0 && { conversationUpdate: (update) => aboutUpdate(app, changed, update) }),
    ...(signed.length > 0 && {
      clientSign: async (user, token) => {
        for (const ask of signed) {
          const verdict = await heard(
            () => ask(user, token),
            (failure) => {
              // Whoever cannot be checked gets no signature, unless the app wants otherwise; others still may refuse (H-12).
              if (app.settings.signWhenHookFails) return ALLOWED;
              throw failure;
            },
          );
          if (!verdict.isAllowed) return verdict;
        }
        return ALLOWED;
      },
    }),
  };
}

function each<Name extends keyof BeforeHooks>(links: readonly BeforeHooks[], name: Name) {
  return links.map((link) => link[name]).filter((ask) => ask !== undefined);
}

async function aboutMessage<Message extends IncomingMessage | MessageUpdate>(
  app: App,
  asked: readonly ((message: Message) => Promise<MessageVerdict>)[],
  message: Message,
): Promise<MessageVerdict> {
  let current = message;
  let change: ({ readonly body: MessageBody } & Explanation) | undefined;
  let receivers: readonly ClientId[] | undefined;
  for (const ask of asked) {
    const said = await saidBy(app, () => ask(current));
    if (said?.verdict === 'drop') return said;
    if (said === undefined) continue;
    const { verdict, body, receivers: wanted, ...explanation } = said;
    // A recall says the same whatever anybody would like it to say. Who changes the content last explains it.
    if (body !== undefined && !('recall' in message && message.recall)) {
      change = { body, ...explanation };
      current = { ...current, body };
    }
    const left = narrowed(current.receivers, wanted);
    if (left.receivers !== undefined) {
      receivers = left.receivers;
      current = { ...current, ...left };
    }
  }
  return { verdict: 'pass', ...change, ...(receivers !== undefined && { receivers }) };
}

async function aboutPush(
  app: App,
  asked: readonly ((message: MissedMessage) => Promise<PushVerdict>)[],
  message: MissedMessage,
): Promise<PushVerdict> {
  let current = message;
  let verdict: PushVerdict = { verdict: 'push', force: false };
  for (const ask of asked) {
    const said = await saidBy(app, () => ask(current));
    if (said?.verdict === 'skip') return said;
    if (said === undefined) continue;
    const receivers = said.receivers?.filter((client) => current.offline.includes(client));
    verdict = {
      ...verdict,
      ...said,
      force: verdict.force || said.force,
      ...(receivers !== undefined && { receivers }),
    };
    if (receivers !== undefined) current = { ...current, offline: receivers };
  }
  return verdict;
}

async function aboutStart(
  app: App,
  asked: readonly ((start: ConversationStart) => Promise<StartVerdict>)[],
  start: ConversationStart,
): Promise<StartVerdict> {
  let current = start;
  for (const ask of asked) {
    const said = await saidBy(app, () => ask(current));
    if (said?.verdict === 'reject') return said;
    current = { ...current, attributes: { ...current.attributes, ...said?.attributes } };
  }
  return { verdict: 'pass', attributes: current.attributes };
}

async function aboutMembers(
  app: App,
  asked: readonly ((change: MembershipRequest) => Promise<Verdict>)[],
  change: MembershipRequest,
): Promise<Verdict> {
  for (const ask of asked) {
    const said = await saidBy(app, () => ask(change));
    if (said?.verdict === 'reject') return said;
  }
  return { verdict: 'pass' };
}

async function aboutUpdate(
  app: App,
  asked: readonly ((update: ConversationUpdate) => Promise<UpdateVerdict>)[],
  update: ConversationUpdate,
): Promise<UpdateVerdict> {
  let current = update;
  for (const ask of asked) {
    const said = await saidBy(app, () => ask(current));
    if (said?.verdict === 'reject') return said;
    current =
      'attributes' in current
        ? { ...current, attributes: said?.attributes ?? current.attributes }
        : { ...current, muted: said?.muted ?? current.muted };
  }
  return 'attributes' in current
    ? { verdict: 'pass', attributes: current.attributes }
    : { verdict: 'pass', muted: current.muted };
}

/** @throws HookFailed where the app wants the operation to fail with the hook */
function saidBy<Answer>(app: App, ask: () => Promise<Answer>): Promise<Answer | undefined> {
  return heardIfAnything(app, ask, (failure) => {
    throw failure;
  });
}
