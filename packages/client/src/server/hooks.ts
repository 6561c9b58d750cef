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

/** A message as the webhook of every message brings it. */
export interface CommittedMessage {
  readonly messageId: string;
  readonly conversationId: string;
  readonly kind: 'basic' | 'chat-room' | 'temporary' | 'service' | (string & {});
  readonly from: string;
  /** Typed messages are JSON in this text; bytes are base64. */
  readonly data: string;
  readonly isBinary: boolean;
  /** Milliseconds. */
  readonly timestamp: number;
}

/**
 * The messages in a call of the webhook, once it is sure that the server called it. One may come twice: compare ids.
 *
 * @param secret of the app setting `webhook`, as it is there
 *
 * @example
 * app.post('/parley', (request, response) => {
 *   for (const message of verifyWebhook(request, { secret })) console.log(message.from, message.data);
 *   response.sendStatus(204);
 * });
 *
 * @throws HookRefused
 */
export function verifyWebhook(
  call: IncomingCall,
  { secret, maxAge = MAX_AGE }: { readonly secret: string; readonly maxAge?: number },
): readonly CommittedMessage[] {
  verifyStandardSignature(call, secret, maxAge);
  const body = parseJson(call.body);
  const records = isObject(body) && Array.isArray(body.data) ? body.data : undefined;
  if (records === undefined) throw new HookRefused('The body has no messages.');
  return records.filter(isObject).map((record) => ({
    messageId: asString(record['msg-id']) ?? '',
    conversationId: asString(record.to) ?? '',
    kind: asString(record.kind) ?? '',
    from: asString(record.from) ?? '',
    data: asString(record.data) ?? '',
    isBinary: record.bin === true,
    timestamp: typeof record.timestamp === 'number' ? record.timestamp : 0,
  }));
}

/** As https://www.standardwebhooks.com describes it; of several signatures, as while a secret changes, one has to fit. */
function verifyStandardSignature({ headers, body }: IncomingCall, secret: string, maxAge: number): void {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  if (key.length === 0) throw new TypeError('Pass the secret of the webhook, or nothing can be verified.');
  const [id = '', timestamp = '', signatures = ''] = ['id', 'timestamp', 'signature'].map((name) =>
    headerOf(headers, `webhook-${name}`),
  );
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const isSigned = signatures.split(' ').some((signature) => isEqual(signature, `v1,${expected}`));
  if (!isSigned) throw new HookRefused('The signature is wrong.');
  const age = Math.abs(Date.now() - Number(timestamp) * 1000);
  if (!(age <= maxAge)) throw new HookRefused('The signature is too old.');
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
