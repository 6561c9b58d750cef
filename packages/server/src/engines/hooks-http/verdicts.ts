import {
  isAppCode,
  isTooDeep,
  MAX_DETAIL,
  problemOfInitial,
  problemOfUpdate,
  wellFormed,
} from '../../domain/hook/hook-answers.ts';
import type { ClientId } from '../../domain/identifiers.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { MessageBody } from '../../domain/message/message.ts';
import {
  type ConversationUpdate,
  type Explanation,
  HookFailed,
  type MessageVerdict,
  type PushVerdict,
  type SignVerdict,
  type StartVerdict,
  type UpdateVerdict,
  type Verdict,
} from '../../domain/ports/hooks.ts';

/** What a hook may make of a message at most; the limit of the app is about what clients write. */
const MAX_BODY_BYTES = 32 * 1024;
const MAX_PUSH_BYTES = 32 * 1024;

function isJsonObject(value: unknown): value is JsonObject & JsonValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Anything but an object has nothing to say (`hooks-and-signatures §1.3`). @throws HookFailed */
function answerOf(result: unknown): JsonObject {
  if (!isJsonObject(result)) return {};
  if (isTooDeep(result)) throw new HookFailed('The answer of the engine nests too deep.');
  return wellFormed(result);
}

/** @throws HookFailed where the new content cannot be one */
export function messageVerdict(result: unknown, wasBinary: boolean): MessageVerdict {
  const answer = answerOf(result);
  if (isTruthy(answer.drop)) return { verdict: 'drop', ...explanationOf(answer) };
  const body = bodyOf(answer, wasBinary);
  const receivers = clientsOf(answer.toPeers);
  return {
    verdict: 'pass',
    ...(body !== undefined && { body, ...explanationOf(answer) }),
    ...(receivers !== undefined && { receivers }),
  };
}

export function pushVerdict(result: unknown): PushVerdict {
  const answer = answerOf(result);
  if (isTruthy(answer.skip)) return { verdict: 'skip' };
  const receivers = clientsOf(answer.offlinePeers);
  const content = pushContentOf(answer.pushMessage);
  return {
    verdict: 'push',
    force: isTruthy(answer.force),
    ...(receivers !== undefined && { receivers }),
    ...(content !== undefined && { content }),
  };
}

export function verdict(result: unknown): Verdict {
  const answer = answerOf(result);
  return isTruthy(answer.reject) ? { verdict: 'reject', ...explanationOf(answer) } : { verdict: 'pass' };
}

/** @throws HookFailed where a conversation cannot have such attributes */
export function startVerdict(result: unknown): StartVerdict {
  const answer = answerOf(result);
  if (isTruthy(answer.reject)) return { verdict: 'reject', ...explanationOf(answer) };
  return { verdict: 'pass', ...attributesOf(answer, problemOfInitial) };
}

/** @throws HookFailed where the conversation cannot have such attributes */
export function updateVerdict(result: unknown, asked: ConversationUpdate): UpdateVerdict {
  const answer = answerOf(result);
  if (isTruthy(answer.reject)) return { verdict: 'reject', ...explanationOf(answer) };
  const { columns } = asked.conversation;
  return {
    verdict: 'pass',
    ...('attributes' in asked && attributesOf(answer, (given) => problemOfUpdate(columns, given))),
    ...(typeof answer.mute === 'boolean' && { muted: answer.mute }),
  };
}

export function signVerdict(result: unknown): SignVerdict {
  const { result: isAllowed, error } = answerOf(result);
  return { isAllowed: isTruthy(isAllowed), ...(typeof error === 'string' && { error: shortened(error) }) };
}

/** As JavaScript sees it, in which most engines are written. */
function isTruthy(value: unknown): boolean {
  return Boolean(value);
}

function explanationOf({ code, detail }: JsonObject): Explanation {
  const number = typeof code === 'string' && /^-?\d{1,10}$/.test(code) ? Number(code) : code;
  return {
    ...(isAppCode(number) && { code: number }),
    ...(detail !== undefined &&
      detail !== null && { detail: shortened(typeof detail === 'string' ? detail : JSON.stringify(detail)) }),
  };
}

/** Without half a character at its end. */
function shortened(text: string): string {
  return text.length > MAX_DETAIL ? text.slice(0, MAX_DETAIL).replace(/[\ud800-\udbff]$/, '') : text;
}

/** Left to the verb, what is wrong with them would be told to a client that never sent them. @throws HookFailed */
function attributesOf(
  { attr }: JsonObject,
  problemOf: (attributes: JsonObject) => string | undefined,
): { readonly attributes?: JsonObject } {
  if (!isJsonObject(attr)) return {};
  const problem = problemOf(attr);
  if (problem !== undefined) throw new HookFailed(`The attributes of the engine cannot be set: ${problem}`);
  return { attributes: attr };
}

function bodyOf({ content, bin }: JsonObject, wasBinary: boolean): MessageBody | undefined {
  if (content === undefined || content === null) return undefined;
  const text = isJsonObject(content) ? JSON.stringify(content) : content;
  if (typeof text !== 'string') throw new HookFailed('The content of the engine is no text.');
  if (Buffer.byteLength(text) > MAX_BODY_BYTES)
    throw new HookFailed('The content of the engine is too long.');
  const isBinary = bin === undefined || bin === null ? wasBinary : isTruthy(bin);
  if (!isBinary) return text;
  if (!isBase64(text)) throw new HookFailed('The content of the engine is no base64.');
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** Padding may be missing, but not wrong: Node reads something out of anything. */
function isBase64(text: string): boolean {
  const digits = /^([A-Za-z0-9+/]*)={0,2}$/.exec(text)?.[1];
  if (digits === undefined || digits.length % 4 === 1) return false;
  return digits.length === text.length || text.length % 4 === 0;
}

function clientsOf(value: unknown): readonly ClientId[] | undefined {
  return Array.isArray(value) ? value.filter((client) => typeof client === 'string') : undefined;
}

/** JSON as an object or as text; any other text is what is shown (`hooks-and-signatures §3.2`). @throws HookFailed */
function pushContentOf(value: unknown): JsonObject | undefined {
  if (isJsonObject(value)) return value;
  if (typeof value !== 'string' || value === '') return undefined;
  if (Buffer.byteLength(value) > MAX_PUSH_BYTES) throw new HookFailed('The push of the engine is too long.');
  const parsed = parsedOf(value);
  if (!isJsonObject(parsed)) return { alert: value };
  if (isTooDeep(parsed)) throw new HookFailed('The push of the engine nests too deep.');
  return wellFormed(parsed);
}

function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Text for people.
    return undefined;
  }
}
