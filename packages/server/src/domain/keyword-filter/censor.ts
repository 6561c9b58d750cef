import { errorTable } from '@parley/protocol/errors';
import type { App } from '../app/app.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { MessageBody } from '../message/message.ts';
import type { Explanation } from '../ports/hooks.ts';
import type { World } from '../world.ts';
import type { Automaton } from './automaton.ts';
import { maskKeywords } from './mask-keywords.ts';

declare global {
  interface JSON {
    /** Stands for JSON text that is written as it is. */
    rawJSON(text: string): object;
  }
}

const REASON = 'MESSAGE_MODIFIED_BY_CENSORSHIP';
/** Codes of our own are negative, so that no app can mean them by a code of its hook (`wire-protocol §4.9.8`). */
const CODE = -errorTable[REASON].code;

interface Content {
  readonly body: MessageBody;
  /** Set where the body is not what the sender wrote. */
  readonly changed?: Explanation;
}

/**
 * A message or an edit as the keywords of the app leave it, whoever wrote it: a hook of the app has been asked before,
 * and cannot say what the list forbids (`semantics §9`, H-04). Costs apps without keywords a look into a map.
 *
 * @throws ImError the refusal, where the app refuses what has a keyword
 */
export function censor<Message extends Content>(
  { keywords }: Pick<World, 'keywords'>,
  app: App,
  conversation: Conversation,
  message: Message,
  refusal: 'MESSAGE_REJECTED_BY_APP' | 'MESSAGE_UPDATE_REJECTED_BY_APP' = 'MESSAGE_REJECTED_BY_APP',
): Message {
  const automaton = keywords.of(app.key);
  if (automaton === undefined || !isFiltered(app, conversation)) return message;
  const body = censoredBody(automaton, message.body);
  if (body === message.body) return message;
  if (app.settings.rejectKeywords) {
    const sentence = 'The message has a word in it that this app does not allow.';
    throw new ImError(refusal, sentence, { appCode: CODE, appMsg: sentence });
  }
  return { ...message, body, changed: { code: CODE, detail: REASON } };
}

/** What two say to each other is their own business, unless the app says otherwise (F-MOD-05). */
function isFiltered({ settings }: App, { kind, members }: Conversation): boolean {
  return kind === 'chat-room' || kind === 'service' || members.length > 2 || settings.filterOneToOne;
}

/** Of typed messages only the text, of others all of it; bytes are nobody's words (F-MOD-04). */
function censoredBody(automaton: Automaton, body: MessageBody): MessageBody {
  if (typeof body !== 'string') return body;
  const typed = typedContent(body);
  if (typed === undefined) return maskKeywords(automaton, body);
  const text = typed._lctext;
  if (typeof text !== 'string') return body;
  const masked = maskKeywords(automaton, text);
  return masked === text ? body : withText(body, masked);
}

function typedContent(body: string): JsonObject | undefined {
  // Most texts are told apart without parsing them.
  if (!/^\s*\{/.test(body)) return undefined;
  try {
    const content: unknown = JSON.parse(body);
    return isJsonObject(content) && typeof content._lctype === 'number' ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Numbers stay as they are written: an app may have some that JavaScript would round. */
function withText(body: string, text: string): string {
  const content: JsonObject = JSON.parse(
    body,
    (_key, value: unknown, context?: { readonly source?: string }) =>
      typeof value === 'number' && context?.source !== undefined ? JSON.rawJSON(context.source) : value,
  );
  return JSON.stringify({ ...content, _lctext: text });
}
