import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { MessageId } from '../identifiers.ts';

export function patchRefused(
  reason: 'not-found' | 'not-the-author',
  { id }: { readonly id: MessageId },
  conversation: Conversation,
): ImError {
  return reason === 'not-found'
    ? new ImError('MESSAGE_NOT_FOUND', `There is no message ${id} in conversation ${conversation.id}.`)
    : new ImError('MESSAGE_OWNERSHIP_REQUIRED', 'Only its author may edit or recall a message.');
}
