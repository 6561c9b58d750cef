import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { MessageId } from '../identifiers.ts';
import type { PatchRefusal } from '../ports/messages.ts';

export function patchRefused(
  reason: PatchRefusal,
  { id }: { readonly id: MessageId },
  conversation: Conversation,
): ImError {
  switch (reason) {
    case 'not-found':
      return new ImError(
        'MESSAGE_NOT_FOUND',
        `There is no message ${id} in conversation ${conversation.id}.`,
      );
    case 'not-the-author':
      return new ImError('MESSAGE_OWNERSHIP_REQUIRED', 'Only its author may edit or recall a message.');
    case 'recalled':
      return new ImError('MESSAGE_NOT_FOUND', `Message ${id} was recalled; it cannot be edited any more.`);
  }
}
