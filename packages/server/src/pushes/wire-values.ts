import type { ConversationKind, ConversationRecord } from '../domain/conversation/conversation.ts';
import type { MessageBody } from '../domain/message/message.ts';

/** `convType` on the wire (`wire-protocol §0.3`). */
export function wireKind(kind: ConversationKind): number {
  switch (kind) {
    case 'basic':
      return 1;
    case 'chat-room':
      return 2;
    case 'service':
      return 3;
    case 'temporary':
      return 4;
  }
}

/** The one date form every SDK parses: three fraction digits and a literal `Z` (`wire-protocol §0.2`). */
export function isoDate(moment: number): string {
  return new Date(moment).toISOString();
}

/** Text and binary content travel in different fields, exactly one of which is present. */
export function contentFields(body: MessageBody): { msg: string } | { binaryMsg: Uint8Array } {
  return typeof body === 'string' ? { msg: body } : { binaryMsg: body };
}

/** Java builds the right kind of conversation from these fields of a membership push. */
export function temporaryFields(conversation: ConversationRecord): {
  tempConv?: boolean;
  tempConvTTL?: number;
} {
  if (conversation.kind !== 'temporary') return {};
  return { tempConv: true, ...(conversation.ttl !== undefined && { tempConvTTL: conversation.ttl }) };
}
