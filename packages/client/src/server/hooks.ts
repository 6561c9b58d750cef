import { createHmac, timingSafeEqual } from 'node:crypto';
import { asString, isObject, type JsonObject, parseJson } from '../json.ts';

/** Why a call is not from the server, or not what it seems. Answer it with status 401. */
export class HookRefused extends Error {
  override readonly name = 'HookRefused';
}

export interface HookSecrets {
  /** Compared with the header `X-LC-Hook-Key`. Without one, the header is not looked at. */
  readonly hookKey?: string;
  /** Checks the signature in the body of a hook. Without one, it is not looked at. */
  readonly masterKey?: string;
  /** How old a signed call may be, in milliseconds. Default: five minutes. */
  readonly maxAge?: number;
}

export interface IncomingCall {
  /** Names in any case, as Node, Express, Fastify or `Headers` have them. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The text of the body, as it came. */
  readonly body: string;
}

const MAX_AGE = 5 * 60_000;

/**
 * The parameters of a hook, once it is sure that the server called it.
 *
 * @param name of the hook, as in the path: `_messageReceived`
 *
 * @example
 * app.post('/1.1/functions/:name', (request, response) => {
 *   const parameters = verifyHook(request.params.name, request, { hookKey, masterKey });
 *   response.json({ result: { content: String(parameters.content).replaceAll('cheese', '******') } });
 * });
 *
 * @throws HookRefused
 */
export function verifyHook(name: string, call: IncomingCall, secrets: HookSecrets): JsonObject {
  requireSecret(secrets);
  verifyHookKey(call, secrets);
  const parameters = parseJson(call.body);
  if (!isObject(parameters)) throw new HookRefused('The body is no JSON object.');
  if (secrets.masterKey !== undefined) {
    verifySignature(name, asString(parameters.__sign), secrets.masterKey, secrets.maxAge ?? MAX_AGE);
  }
  return parameters;
}

/** What a client said to a service. */
export interface ServiceMessage {
  readonly messageId: string;
  readonly conversationId: string;
  readonly from: string;
  /** Typed messages are JSON in this text; bytes are base64. */
  readonly data: string;
  readonly isBinary: boolean;
  readonly isTransient: boolean;
  /** Milliseconds. */
  readonly timestamp: number;
}

/**
 * The messages in a call of the service webhook, once it is sure that the server called it.
 *
 * @throws HookRefused
 */
export function verifyServiceWebhook(
  call: IncomingCall,
  secrets: Required<Pick<HookSecrets, 'hookKey'>>,
): readonly ServiceMessage[] {
  verifyHookKey(call, secrets);
  const records = parseJson(call.body);
  if (!Array.isArray(records)) throw new HookRefused('The body is no JSON array.');
  return records.filter(isObject).map((record) => ({
    messageId: asString(record.msgId) ?? '',
    conversationId: (isObject(record.conv) ? asString(record.conv.objectId) : undefined) ?? '',
    from: asString(record.from) ?? '',
    data: asString(record.data) ?? '',
    isBinary: record.bin === true,
    isTransient: record.noPersist === true,
    timestamp: typeof record.timestamp === 'number' ? record.timestamp : timeOf(record.createdAt),
  }));
}

function timeOf(value: unknown): number {
  const iso = isObject(value) ? asString(value.iso) : undefined;
  return iso === undefined ? 0 : Date.parse(iso);
}

/** Checking nothing at all must not look like having checked. */
function requireSecret({ hookKey, masterKey }: HookSecrets): void {
  if (!hookKey && !masterKey) throw new TypeError('Pass hookKey or masterKey, or nothing can be verified.');
}

function verifyHookKey({ headers }: IncomingCall, { hookKey }: HookSecrets): void {
  if (hookKey === undefined) return;
  if (!isEqual(headerOf(headers, 'x-lc-hook-key') ?? '', hookKey))
    throw new HookRefused('The hook key is wrong.');
}

/** `{ms},{hex}`, signed with the master key over `{name}:{ms}` (`hooks-and-signatures §2.4`). */
function verifySignature(name: string, sign: string | undefined, masterKey: string, maxAge: number): void {
  const [, milliseconds = '', hex = ''] = /^(\d{1,15}),([0-9a-f]{40})$/i.exec(sign ?? '') ?? [];
  const expected = createHmac('sha1', masterKey).update(`${name}:${milliseconds}`).digest('hex');
  if (!isEqual(hex.toLowerCase(), expected)) throw new HookRefused('The signature is wrong.');
  // Both ways: the clocks of two machines differ.
  if (Math.abs(Date.now() - Number(milliseconds)) > maxAge)
    throw new HookRefused('The signature is too old.');
}

function headerOf(headers: IncomingCall['headers'], name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  const [, value] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? [];
  return typeof value === 'string' ? value : value?.[0];
}

/** In a time that tells nothing, and of the lengths only that they differ. */
function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
