import { ImError } from '../errors.ts';

/** The one refusal of a query: 4310 with a sentence for whoever wrote it. */
export function invalidQuery(sentence: string): ImError {
  return new ImError('CONVERSATION_QUERY_FAILED', sentence);
}

/** Names something a client sent, cut to a length that suits a sentence. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
