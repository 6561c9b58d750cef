import { ActionRefused, type App, type Content } from '../plugin.ts';
import type { Action } from '../protocol.ts';
import { closed, isText, MalformedValue, optional, required } from './values.ts';

/** So many actions may be under way at a time; a loop that does not wait shall fail here and not in the server. */
const MAX_UNDER_WAY = 1000;
const MAX_CLIENTS = 20;
/** The app's own limit is lower and has the last word; this one keeps mistakes in their process. */
const MAX_CONTENT_BYTES = 1024 * 1024;

/** Has the server do something, and resolves with what came of it. */
export type Perform = (app: string, action: Action) => Promise<unknown>;

/** Bounds what a plug-in asks for at a time. */
export function bounded(perform: Perform): Perform {
  let underWay = 0;
  return async (app, action) => {
    if (underWay >= MAX_UNDER_WAY) {
      throw new ActionRefused(`${MAX_UNDER_WAY} actions are under way already; wait for some of them.`);
    }
    underWay++;
    try {
      return await perform(app, action);
    } finally {
      underWay--;
    }
  };
}

/** What a plug-in can do in one app. Mistakes are found here, where the stack still shows who made them. */
export function appActions(id: string, perform: Perform): App {
  // Which answer belongs to which action is decided by the verbs of the server, in plugins/actions.ts.
  const act = async <Answer>(read: () => Action) => (await perform(id, checked(read))) as Answer;
  return {
    id,
    sendMessage: (message) => act(() => ({ verb: 'sendMessage', input: outgoing(message) })),
    sendServiceMessage: (message) => act(() => ({ verb: 'sendServiceMessage', input: fromService(message) })),
    recallMessage: (message) => act(() => ({ verb: 'recallMessage', input: recalled(message) })),
    findConversation: (conversation) =>
      act(() => ({ verb: 'findConversation', input: { id: idOf({ id: conversation }, 'id') } })),
  };
}

/** @throws ActionRefused */
function checked(read: () => Action): Action {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedValue)
      throw new ActionRefused(`What is asked for cannot be done: ${error.message}`);
    throw error;
  }
}

function outgoing(given: unknown) {
  const message = closed(given, ['conversation', 'from', 'content', 'transient', 'mentions', 'mentionAll']);
  return {
    conversation: idOf(message, 'conversation'),
    from: idOf(message, 'from'),
    content: contentOf(message),
    transient: optional(message, 'transient', isBoolean, 'true or false') ?? false,
    mentions: optional(message, 'mentions', isClients, `at most ${MAX_CLIENTS} client ids`) ?? [],
    mentionAll: optional(message, 'mentionAll', isBoolean, 'true or false') ?? false,
  };
}

function fromService(given: unknown) {
  const message = closed(given, ['service', 'from', 'content', 'to']);
  return {
    service: idOf(message, 'service'),
    from: idOf(message, 'from'),
    content: contentOf(message),
    to: required(message, 'to', isAudience, `1 to ${MAX_CLIENTS} client ids, or "subscribers"`),
  };
}

function recalled(given: unknown) {
  const message = closed(given, ['conversation', 'id', 'sender', 'at', 'to']);
  const to = optional(message, 'to', isSomeClients, `1 to ${MAX_CLIENTS} client ids`);
  return {
    conversation: idOf(message, 'conversation'),
    id: idOf(message, 'id'),
    sender: idOf(message, 'sender'),
    at: required(message, 'at', isTime, 'when it was sent, in milliseconds'),
    ...(to !== undefined && { to }),
  };
}

function idOf(from: Readonly<Record<string, unknown>>, key: string): string {
  return required(from, key, isText, 'a text of 1 to 64 characters');
}

function contentOf(from: Readonly<Record<string, unknown>>): Content {
  return required(from, 'content', isContent, 'text or bytes, at most a megabyte');
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isContent(value: unknown): value is Content {
  return (typeof value === 'string' || value instanceof Uint8Array) && value.length <= MAX_CONTENT_BYTES;
}

function isClients(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= MAX_CLIENTS && value.every(isText);
}

function isAudience(value: unknown): value is readonly string[] | 'subscribers' {
  return value === 'subscribers' || isSomeClients(value);
}

function isSomeClients(value: unknown): value is readonly string[] {
  return isClients(value) && value.length > 0;
}
