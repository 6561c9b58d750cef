import type { ClientId, ConversationId, MessageId, Milliseconds } from '../identifiers.ts';
import type { MessageBody } from './message.ts';

export interface PatchMessage {
  readonly conversation: ConversationId;
  readonly id: MessageId;
  readonly timestampHint?: Milliseconds;
  readonly change:
    | { readonly action: 'recall' }
    | {
        readonly action: 'edit';
        readonly body: MessageBody;
        readonly mentions: readonly ClientId[];
        readonly mentionAll: boolean;
      };
}
