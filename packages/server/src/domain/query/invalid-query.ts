import { ImError } from '../errors.ts';

/** The one refusal of what a query says: 4310 with a sentence for whoever wrote it. */
export class InvalidQuery extends ImError {
  constructor(sentence: string) {
    super('CONVERSATION_QUERY_FAILED', sentence);
  }
}

export function invalidQuery(sentence: string): ImError {
  return new InvalidQuery(sentence);
}

/** Names something a client sent, cut to a length that suits a sentence. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
