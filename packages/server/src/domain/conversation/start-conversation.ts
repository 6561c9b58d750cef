import { type Actor, byWhom, fromWhere } from '../actor.ts';
import { ImError } from '../errors.ts';
import { approveStart } from '../hook/approve-change.ts';
import { hooksFor } from '../hook/consult.ts';
import { type ClientId, TEMPORARY_PREFIX } from '../identifiers.ts';
import type { JsonObject } from '../json.ts';
import type { ConversationDraft } from '../ports/conversations.ts';
import { memberSetKey } from '../ports/member-set-key.ts';
import { requireOperationSignature } from '../signature/require-operation-signature.ts';
import type { Signature } from '../signature/signature.ts';
import type { World } from '../world.ts';
import { initialColumns } from './initial-columns.ts';
import type { Conversation } from './known-conversation.ts';

const DEFAULT_TTL_SECONDS = 86_400;
const MAX_TTL_SECONDS = 30 * 86_400;

export interface StartConversation {
  readonly kind: 'basic' | 'chat-room' | 'temporary';
  /** Wished members; a client that creates is added, repeats are dropped. Ignored for chat rooms. */
  readonly members: readonly ClientId[];
  /** `name`, `attr` and top-level columns; server-controlled columns are dropped. */
  readonly attributes: JsonObject;
  readonly unique: boolean;
  /** Whom an operator names as the creator. A client that starts a conversation always is its creator. */
  readonly creator?: ClientId;
  /** Temporary conversations: seconds to live. Absent or not positive: a day. At most 30 days. */
  readonly ttl?: number;
  readonly signature?: Signature;
}

export interface StartedConversation {
  readonly conversation: Conversation;
  /** The unique conversation was already there; the wished attributes were not applied. */
  readonly existing: boolean;
}

/**
 * Creates a conversation, or finds the unique one with exactly these members (`semantics §3.2`,
 * `wire-protocol §4.2`).
 *
 * @throws ImError CONVERSATION_FULL, CONVERSATION_SIGNATURE_FAILED, CONVERSATION_UPDATE_FAILED (the initial columns
 *   are malformed or too large)
 */
export async function startConversation(
  world: World,
  actor: Actor,
  request: StartConversation,
): Promise<StartedConversation> {
  const creator = actor.client ?? request.creator;
  const members = membersOf(actor, request);
  checkSize(actor, request.kind, members.length);
  const operation = {
    action: 'create',
    members: request.members,
    isChatRoom: request.kind === 'chat-room',
    isTemporary: request.kind === 'temporary',
  } as const;
  requireOperationSignature(actor, operation, request.signature, world.clock.now());
  const existing = await uniqueOne(world, actor, request, members);
  if (existing !== undefined) return { conversation: existing, existing: true };
  const attributes = await approveStart(world, actor, {
    members: request.kind === 'chat-room' ? request.members : members,
    attributes: request.attributes,
    ...(creator !== undefined && { by: creator }),
  });
  const outcome = await world.store.conversations.create({
    app: actor.app.key,
    ...(creator !== undefined && { creator }),
    ...byWhom(actor),
    columns: initialColumns(attributes),
    members,
    // A set of nobody is no set that a second conversation could have too.
    unique: request.unique && members.length > 0,
    now: world.clock.now(),
    ...identity(world, request),
  });
  const conversation = world.conversations.put(outcome.conversation);
  // Whoever opens a chat room is its first guest (`wire-protocol §4.2`).
  if (conversation.kind === 'chat-room' && actor.session !== undefined) {
    world.rooms.enter(conversation.key, actor.session);
  }
  if (!outcome.existing) {
    world.outbox.publish({
      type: 'conversation-created',
      app: actor.app.key,
      at: outcome.eventAt,
      conversation,
      ...byWhom(actor),
      ...fromWhere(actor),
    });
  }
  return { conversation, existing: outcome.existing };
}

/** Where there is a hook to be asked, a conversation that exists already is found before: nothing comes into being. */
async function uniqueOne(
  world: World,
  actor: Actor,
  { kind, unique }: StartConversation,
  members: readonly ClientId[],
): Promise<Conversation | undefined> {
  const isAsked = hooksFor(world, actor)?.conversationStart !== undefined;
  if (!isAsked || !unique || kind !== 'basic' || members.length === 0) return undefined;
  const [found] = await world.store.conversations.query({
    app: actor.app.key,
    condition: { test: 'equal', path: ['uniqueId'], value: memberSetKey(members, false) },
    sort: [],
    skip: 0,
    limit: 1,
    withLastMessage: false,
    budget: 1000,
  });
  return found === undefined ? undefined : world.conversations.load(actor.app.key, found.conversation.id);
}

/** A client is a member of what it starts; an operator is in none. */
function membersOf(actor: Actor, { kind, members }: StartConversation): readonly ClientId[] {
  if (kind === 'chat-room') return [];
  return [...new Set(actor.client === undefined ? members : [actor.client, ...members])];
}

function checkSize(actor: Actor, kind: StartConversation['kind'], members: number): void {
  const limit = kind === 'temporary' ? actor.app.settings.maxTemporaryMembers : actor.app.settings.maxMembers;
  if (members > limit) {
    throw new ImError(
      'CONVERSATION_FULL',
      `A ${kind} conversation holds at most ${limit} members, not ${members}.`,
    );
  }
}

function identity(
  world: World,
  request: StartConversation,
): Pick<ConversationDraft, 'id' | 'kind' | 'ttl' | 'expiresAt'> {
  const id = world.random.conversationId();
  if (request.kind !== 'temporary') return { id, kind: request.kind };
  const wished = request.ttl ?? 0;
  const ttl = wished > 0 ? Math.min(wished, MAX_TTL_SECONDS) : DEFAULT_TTL_SECONDS;
  return { id: TEMPORARY_PREFIX + id, kind: 'temporary', ttl, expiresAt: world.clock.now() + ttl * 1000 };
}
