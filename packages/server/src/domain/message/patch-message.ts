import { type Author, authorOf, isOperator } from '../actor.ts';
import { findConversation } from '../conversation/find-conversation.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { ServiceAudience } from '../events.ts';
import { type ApprovedUpdate, approveUpdate } from '../hook/approve-update.ts';
import type { ConversationKey } from '../identifiers.ts';
import { censor } from '../keyword-filter/censor.ts';
import type { World } from '../world.ts';
import { RECALLED_BODY, type StoredMessage } from './message.ts';
import { checkMessageSize } from './message-size.ts';
import type { PatchMessage } from './message-to-patch.ts';
import { patchRefused } from './patch-refused.ts';
import { isInside, notInside, requireMaySpeak } from './right-to-speak.ts';
import { tellOfChange } from './tell-of-change.ts';

/**
 * Edits or recalls a message its author sent earlier. There is no time limit; unread counts stay as they are
 * (`semantics §4.7`, D-10).
 *
 * @throws ImError CONVERSATION_NOT_FOUND, MESSAGE_EDIT_DISABLED, MESSAGE_RECALL_DISABLED, MESSAGE_NOT_FOUND,
 *   MESSAGE_OWNERSHIP_REQUIRED, FRAME_TOO_LONG, MESSAGE_UPDATE_REJECTED_BY_APP, and for an edit what keeps the author
 *   from sending: INVALID_MESSAGING_TARGET, BLOCKED_BY_CONV, SILIENCED, CONVERSATION_TEMPORARY_BLACKLISTED
 */
export async function patchMessage(
  world: World,
  author: Author,
  request: PatchMessage,
): Promise<StoredMessage> {
  const { change } = request;
  requireAllowed(author, change.action);
  const content =
    change.action === 'recall' ? { body: RECALLED_BODY, mentions: [], mentionAll: false } : change;
  checkMessageSize(author.app, content);
  const conversation = await findConversation(world, author.app, request.conversation);
  // Taking back is no speaking.
  if (change.action === 'edit') {
    requireMaySpeak(world, author, conversation);
    await requireAuthorInside(world, author, conversation, request);
  }
  const own = await ownLogIn(world, conversation, author);
  const log = own ?? conversation.key;
  const approved = await approveUpdate(world, author, conversation, log, request, content.body);
  const approval = censor(world, author.app, conversation, approved, 'MESSAGE_UPDATE_REJECTED_BY_APP');
  const outcome = await world.store.messages.patch({
    conversation: log,
    id: request.id,
    author: authorOf(author),
    body: approval.body,
    mentions: content.mentions,
    mentionAll: content.mentionAll,
    recalled: change.action === 'recall',
    now: world.clock.now(),
    ...(request.timestampHint !== undefined && { timestampHint: request.timestampHint }),
  });
  if (outcome.state === 'refused') throw patchRefused(outcome.reason, request, conversation);
  world.outbox.publish({
    type: 'message-patched',
    app: author.app.key,
    at: outcome.message.patchedAt ?? world.clock.now(),
    conversation,
    message: outcome.message,
    ...audienceOf(author, conversation, own, approval),
    ...(author.session !== undefined && { origin: author.session }),
    ...(approval.changed !== undefined && { authorToldApart: true }),
  });
  tellOfChange(world, author.app, conversation, log, outcome.message, approval.changed);
  return outcome.message;
}

/**
 * Who left has no way to speak to those who stayed. Whoever is no member and not the author learns what anybody else does.
 *
 * @throws ImError MESSAGE_NOT_FOUND, MESSAGE_OWNERSHIP_REQUIRED, INVALID_MESSAGING_TARGET
 */
async function requireAuthorInside(
  world: World,
  author: Author,
  conversation: Conversation,
  request: PatchMessage,
): Promise<void> {
  if (isInside(author, conversation)) return;
  const message = await world.store.messages.find(conversation.key, request.id, request.timestampHint);
  if (message === undefined) throw patchRefused('not-found', request, conversation);
  if (message.sender !== authorOf(author)) throw patchRefused('not-the-author', request, conversation);
  throw notInside(author, conversation);
}

/** Who is told: in a service the client itself; where a hook chose, those and the author's other devices. */
function audienceOf(
  author: Author,
  conversation: Conversation,
  own: ConversationKey | undefined,
  { receivers }: ApprovedUpdate,
): { readonly audience?: ServiceAudience } {
  const self = authorOf(author);
  if (own !== undefined) return { audience: { to: 'clients', clients: [self], log: own } };
  if (receivers === undefined) return {};
  return { audience: { to: 'clients', clients: [...receivers, self], log: conversation.key } };
}

/** What a client said to a service is in a log of its own, and changes for its own devices only. */
async function ownLogIn(
  world: World,
  conversation: Conversation,
  author: Author,
): Promise<ConversationKey | undefined> {
  if (conversation.kind !== 'service') return undefined;
  return (await world.store.services.logsOf(conversation, authorOf(author))).own;
}

/** The switches are about what SDKs may do (`rest §3.12`). */
function requireAllowed(author: Author, action: 'edit' | 'recall'): void {
  if (isOperator(author)) return;
  const { allowEdit, allowRecall } = author.app.settings;
  if (action === 'edit' && !allowEdit) {
    throw new ImError('MESSAGE_EDIT_DISABLED', 'This app does not allow clients to edit messages.');
  }
  if (action === 'recall' && !allowRecall) {
    throw new ImError('MESSAGE_RECALL_DISABLED', 'This app does not allow clients to recall messages.');
  }
}
