import { type Author, authorOf } from '../actor.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import type { ClientId, ConversationKey } from '../identifiers.ts';
import type { MessageBody } from '../message/message.ts';
import type { PatchMessage } from '../message/message-to-patch.ts';
import { patchRefused } from '../message/patch-refused.ts';
import type { Explanation } from '../ports/hooks.ts';
import type { World } from '../world.ts';
import { changedBy, narrowed } from './approve-message.ts';
import { consult, hooksFor, refusedByApp } from './consult.ts';
import { receiversOf } from './receivers.ts';

export interface ApprovedUpdate {
  readonly body: MessageBody;
  /** The only ones who are told; absent: whoever is in the conversation. */
  readonly receivers?: readonly ClientId[];
  /** Set where it is not what its author wrote. */
  readonly changed?: Explanation;
}

/**
 * Asks the app about an edit or a recall (`hooks-and-signatures §3.4`). Only what its author may change is asked
 * about; a recall says the same whatever the app would like it to say.
 *
 * @param log where the message is
 * @param told who is told of the change, where that is not who is in the conversation
 * @throws ImError MESSAGE_NOT_FOUND, MESSAGE_OWNERSHIP_REQUIRED, MESSAGE_UPDATE_REJECTED_BY_APP
 */
export async function approveUpdate(
  world: World,
  author: Author,
  conversation: Conversation,
  log: ConversationKey,
  request: PatchMessage,
  body: MessageBody,
  told?: readonly ClientId[],
): Promise<ApprovedUpdate> {
  const ask = hooksFor(world, author)?.messageUpdate;
  if (ask === undefined) return { body };
  const message = await world.store.messages.find(log, request.id, request.timestampHint);
  if (message === undefined) throw patchRefused('not-found', request, conversation);
  if (message.sender !== authorOf(author)) throw patchRefused('not-the-author', request, conversation);
  if (message.recalled && request.change.action === 'edit') {
    throw patchRefused('recalled', request, conversation);
  }
  const receivers = told ?? receiversOf(world.rooms, conversation, message.sender);
  const verdict = await consult(author, 'MESSAGE_UPDATE_REJECTED_BY_APP', () =>
    ask({
      conversation,
      id: request.id,
      sender: message.sender,
      receivers,
      body,
      recall: request.change.action === 'recall',
      at: world.clock.now(),
      ...(author.address !== undefined && { address: author.address }),
    }),
  );
  if (verdict === undefined) return { body };
  if (verdict.verdict === 'drop') throw refusedByApp('MESSAGE_UPDATE_REJECTED_BY_APP', verdict);
  const chosen = narrowed(receivers, verdict.receivers);
  if (request.change.action === 'recall') return { body, ...chosen };
  return { body: verdict.body ?? body, ...chosen, ...changedBy(body, verdict) };
}
