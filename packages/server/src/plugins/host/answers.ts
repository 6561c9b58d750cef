import {
  isAppCode,
  MAX_DETAIL,
  problemOfInitial,
  problemOfUpdate,
  wellFormed,
} from '../../domain/hook/hook-answers.ts';
import type {
  BeforeHooks,
  Explanation,
  MessageVerdict,
  PushVerdict,
  SignVerdict,
  StartVerdict,
  UpdateVerdict,
  Verdict,
} from '../../domain/ports/hooks.ts';
import type { JsonObject } from '../plugin.ts';
import type { BeforeName } from '../protocol.ts';
import { closed, isText, jsonObject, MalformedValue, optional, shown } from './values.ts';

/** What a plug-in may make of a message at most, as for hooks over HTTP; the limit of the app is about what clients write. */
const MAX_CONTENT_BYTES = 32 * 1024;
const MAX_RECEIVERS = 1000;

const EXPLANATION = ['code', 'detail'];

/**
 * Makes a verdict of what a handler returned. Unlike over HTTP there are types here, so what does not fit is a mistake
 * of the plug-in and not an answer.
 *
 * @throws MalformedValue
 */
export function readAnswer(hook: BeforeName, answer: unknown): Verdicts[BeforeName] {
  // Nothing returned is nothing to say.
  if (answer === undefined || answer === null) return NOTHING_TO_SAY[hook];
  return READERS[hook](answer);
}

/** Named alike, hooks of the domain and of plug-ins differ in their words only. */
type Verdicts = { readonly [Name in BeforeName]: Awaited<ReturnType<NonNullable<BeforeHooks[Name]>>> };

const PASS = { verdict: 'pass' } as const;
const NOTHING_TO_SAY: Verdicts = {
  messageReceived: PASS,
  messageUpdate: PASS,
  receiversOffline: { verdict: 'push', force: false },
  conversationStart: PASS,
  conversationAdd: PASS,
  conversationRemove: PASS,
  conversationUpdate: PASS,
  clientSign: { isAllowed: true },
};

const READERS: { readonly [Name in BeforeName]: (answer: unknown) => Verdicts[Name] } = {
  messageReceived: messageVerdict,
  messageUpdate: messageVerdict,
  receiversOffline: pushVerdict,
  conversationStart: startVerdict,
  conversationAdd: membershipVerdict,
  conversationRemove: membershipVerdict,
  conversationUpdate: updateVerdict,
  clientSign: signVerdict,
};

function messageVerdict(given: unknown): MessageVerdict {
  const answer = closed(given, ['drop', 'content', 'receivers', ...EXPLANATION]);
  const explanation = explanationOf(answer);
  if (optional(answer, 'drop', isBoolean, 'true or false') === true) {
    return { verdict: 'drop', ...explanation };
  }
  const body = optional(answer, 'content', isContent, `text or bytes, at most ${MAX_CONTENT_BYTES} of them`);
  const receivers = optional(answer, 'receivers', isClients, 'a list of client ids');
  return {
    ...PASS,
    ...(body !== undefined && {
      body: typeof body === 'string' ? body.toWellFormed() : body,
      ...explanation,
    }),
    ...(receivers !== undefined && { receivers }),
  };
}

function pushVerdict(given: unknown): PushVerdict {
  const answer = closed(given, ['skip', 'receivers', 'content', 'force']);
  if (optional(answer, 'skip', isBoolean, 'true or false') === true) return { verdict: 'skip' };
  const receivers = optional(answer, 'receivers', isClients, 'a list of client ids');
  const content = jsonOf(answer, 'content');
  return {
    verdict: 'push',
    force: optional(answer, 'force', isBoolean, 'true or false') ?? false,
    ...(receivers !== undefined && { receivers }),
    ...(content !== undefined && { content }),
  };
}

function membershipVerdict(given: unknown): Verdict {
  return rejection(closed(given, ['reject', ...EXPLANATION])) ?? PASS;
}

function startVerdict(given: unknown): StartVerdict {
  const answer = closed(given, ['reject', 'attributes', ...EXPLANATION]);
  return rejection(answer) ?? { ...PASS, ...attributesOf(answer, problemOfInitial) };
}

function updateVerdict(given: unknown): UpdateVerdict {
  const answer = closed(given, ['reject', 'attributes', 'muted', ...EXPLANATION]);
  const muted = optional(answer, 'muted', isBoolean, 'true or false');
  // What the conversation has is not known in this process.
  const attributes = attributesOf(answer, (given) => problemOfUpdate({}, given));
  return rejection(answer) ?? { ...PASS, ...attributes, ...(muted !== undefined && { muted }) };
}

function signVerdict(given: unknown): SignVerdict {
  const answer = closed(given, ['refuse', 'detail']);
  const { detail } = explanationOf(answer);
  const isRefused = optional(answer, 'refuse', isBoolean, 'true or false') === true;
  return { isAllowed: !isRefused, ...(isRefused && detail !== undefined && { error: detail }) };
}

function rejection(
  answer: Readonly<Record<string, unknown>>,
): ({ readonly verdict: 'reject' } & Explanation) | undefined {
  const explanation = explanationOf(answer);
  return optional(answer, 'reject', isBoolean, 'true or false') === true
    ? { verdict: 'reject', ...explanation }
    : undefined;
}

function explanationOf(answer: Readonly<Record<string, unknown>>): Explanation {
  const code = optional(answer, 'code', isAppCode, 'a whole number of 32 bits');
  const detail = optional(answer, 'detail', isDetail, `a text of at most ${MAX_DETAIL} characters`);
  return {
    ...(code !== undefined && { code }),
    ...(detail !== undefined && { detail: detail.toWellFormed() }),
  };
}

function attributesOf(
  answer: Readonly<Record<string, unknown>>,
  problemOf: (attributes: JsonObject) => string | undefined,
): { readonly attributes?: JsonObject } {
  const attributes = jsonOf(answer, 'attributes');
  if (attributes === undefined) return {};
  const problem = problemOf(attributes);
  if (problem !== undefined) throw new MalformedValue(`"attributes" cannot be set: ${problem}`);
  return { attributes };
}

function jsonOf(answer: Readonly<Record<string, unknown>>, key: string): JsonObject | undefined {
  const value = answer[key];
  if (value === undefined) return undefined;
  const copy = jsonObject(value);
  if (copy !== undefined) return wellFormed(copy);
  throw new MalformedValue(`"${key}" must be an object that JSON can hold, not ${shown(value)}.`);
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isDetail(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_DETAIL;
}

function isContent(value: unknown): value is string | Uint8Array {
  if (typeof value === 'string') return Buffer.byteLength(value) <= MAX_CONTENT_BYTES;
  return value instanceof Uint8Array && value.length <= MAX_CONTENT_BYTES;
}

function isClients(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= MAX_RECEIVERS && value.every(isText);
}
